/** `vitest` and `jest` write the same JSON; `go` is what `go test -json` prints. */
export const REPORT_FORMATS = ['junit', 'vitest', 'jest', 'tap', 'go'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What a report's file is called where a runner looks at the ending. */
export function extensionOf(format: ReportFormat): string {
  if (format === 'junit') return 'xml';
  return format === 'tap' ? 'tap' : 'json';
}

/** The format of a report that a runner wrote where it always writes: by its name, else by how it begins. */
export function formatOf(path: string, text: string): ReportFormat {
  const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  if (ending === 'xml') return 'junit';
  if (ending === 'tap') return 'tap';
  const start = text
    .slice(0, 4096)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start.startsWith('<')) return 'junit';
  if (!start.startsWith('{')) return 'tap';
  return /^\{[^\n]*"Action":/.test(start) ? 'go' : 'vitest';
}

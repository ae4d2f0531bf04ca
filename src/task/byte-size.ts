const UNITS = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 1024, MIB: 1024 ** 2, GIB: 1024 ** 3 } as const;
const LARGEST = 1e9;

/** Bytes of `500KB`, `1MB`, `2MiB` or `4096`; null for anything else, for nothing, and for more than 1 GB. */
export function parseByteSize(text: string): number | null {
  const match = /^([0-9]{1,10})[ ]?((?:[KMG]i?)?B)?$/i.exec(text.trim());
  if (match === null) return null;
  const bytes = Number(match[1]) * UNITS[(match[2] ?? '').toUpperCase() as keyof typeof UNITS];
  return bytes > 0 && bytes <= LARGEST ? bytes : null;
}

/** `1 MB`, `1.2 MB`, `999 B`: as people read sizes, with enough digits to see which side of a limit it is on. */
export function formatByteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 1e6 ? (['KB', 1e3] as const) : (['MB', 1e6] as const);
  return `${Number((Math.ceil((bytes / size) * 1000) / 1000).toFixed(3))} ${unit}`;
}

const STEPS: readonly (readonly [limit: number, unit: number, name: string])[] = [
  [60, 1, 's'],
  [3600, 60, 'min'],
  [86_400, 3600, 'h'],
  [Number.POSITIVE_INFINITY, 86_400, 'd'],
];

/** A duration in its largest unit: `42 s`, `5 min`, `3 h`, `12 d`. For people only. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [, unit, name] = STEPS.find(([limit]) => seconds < limit)!;
  return `${Math.floor(seconds / unit)} ${name}`;
}

/** How long ago an ISO date-time was; null when it cannot be read. */
export function formatSince(iso: string | null, now: Date): string | null {
  const then = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(then) ? null : formatDuration(now.getTime() - then);
}

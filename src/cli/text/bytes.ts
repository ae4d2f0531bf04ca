/** A size for people: `12 B`, `3.4 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 999_950 ? ['kB', 1000] : ['MB', 1_000_000];
  return `${(bytes / (size as number)).toFixed(1)} ${unit}`;
}

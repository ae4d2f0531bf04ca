import type { Files } from '../../system/ports.ts';

/** The list that provisionWorktree wrote; no such file: nothing was provisioned. */
export async function readProvisioned(files: Files, path: string): Promise<string[]> {
  const text = (await files.readIfThere(path))?.toString('utf8') ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(readLine)
    .filter((entry) => entry !== null);
}

/** A line that a crash cut off names nothing. */
function readLine(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

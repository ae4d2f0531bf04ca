import type { Problem } from '../errors.ts';
import { type Path, valueAt } from './schema-problems.ts';

/** A documented key or value that this version refuses by name, because ignoring it would be a lie. */
export interface NotBuilt {
  /** `*` stands for every key or entry. */
  readonly at: readonly string[];
  /** Only when the value is among these; without it, whatever the value. */
  readonly values?: readonly string[];
  /** What to do instead. */
  readonly instead: string;
}

/** Every place in the data that asks for something that is not built yet. */
export function findNotBuilt(
  data: unknown,
  table: readonly NotBuilt[],
  file: string,
  lineOf: (path: Path) => number,
): { readonly paths: Path[]; readonly problems: Problem[] } {
  const found = table.flatMap((entry) =>
    expand(data, entry.at, []).flatMap((path) => {
      const value = valueAt(data, path);
      if (value === undefined) return [];
      if (entry.values !== undefined && !entry.values.includes(String(value).toLowerCase())) return [];
      const name = entry.values === undefined ? `\`${path.at(-1)}:\`` : `\`${path.at(-1)}: ${value}\``;
      const message = `${name} is not built yet in this version of rota; ${entry.instead}`;
      return [{ path, problem: { file, line: lineOf(path), rule: 'not-built', message } }];
    }),
  );
  return { paths: found.map(({ path }) => path), problems: found.map(({ problem }) => problem) };
}

function expand(data: unknown, at: readonly string[], before: Path): Path[] {
  const [step, ...rest] = at;
  if (step === undefined) return [before];
  if (step !== '*') return expand(data, rest, [...before, step]);
  const value = valueAt(data, before);
  if (typeof value !== 'object' || value === null) return [];
  const steps = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return steps.flatMap((key) => expand(data, rest, [...before, key]));
}

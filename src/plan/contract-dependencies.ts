import { plainText } from '../task/text.ts';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { readJson } from './runner-sections.ts';

const KEYS = [
  ...['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'],
  ...['overrides', 'resolutions'],
];

/**
 * Dependencies that package.json takes from somewhere else than a registry, or under another name: a runner of tests from the
 * branch itself (`"vitest": "file:./fake"`) would judge the branch. `held`.
 */
export function checkDependencies(file: ChangedFile): ContractFinding[] {
  if (!/(?:^|\/)package\.json$/.test(file.path) || file.newText === null) return [];
  const before = new Map(specsOf(file.oldText));
  return specsOf(file.newText).flatMap(([name, spec]) => {
    if (isOfRegistry(spec) || before.get(name) === spec) return [];
    const what = `${JSON.stringify(name)} is to come from ${JSON.stringify(spec.slice(0, 100))}`;
    const message = plainText(`${file.status} ${file.path}: ${what}, not from a registry under its own name`);
    return [{ severity: 'held' as const, path: file.path, rule: 'dependency-source', message }];
  });
}

/** Name, with the keys that lead to it -> what is asked for. */
function specsOf(text: string | null): [name: string, spec: string][] {
  const manifest = readJson(text);
  const pnpm = readJson(JSON.stringify(manifest['pnpm'] ?? {}));
  return [
    ...KEYS.map((key) => [key, manifest[key]] as const),
    ['pnpm.overrides', pnpm['overrides']] as const,
  ].flatMap(([key, value]) => leaves(value, key, 0));
}

function leaves(value: unknown, name: string, depth: number): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${name}.${key}`, depth + 1));
}

/** Ranges, tags, packages of the same repository. `$name` in overrides is a range that stands elsewhere. */
function isOfRegistry(spec: string): boolean {
  if (/^(?:workspace|catalog):/.test(spec)) return true;
  return !/[:/\\]/.test(spec);
}

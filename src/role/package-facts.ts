/** Runners of tests that rota can ask for a proof by itself. */
export type NativeRunner = 'vitest' | 'jest' | 'node';

/** What a package.json of old main says about its tests. */
export interface PackageFacts {
  /** Folder from the repository's root, without `/` at the end; empty: the root. */
  readonly folder: string;
  /** Runners that its dependencies or scripts name. The one of the script `test` comes first. */
  readonly runners: readonly NativeRunner[];
  /** Its scripts, `test` first: they know the options that the runner needs here. */
  readonly scripts: readonly string[];
}

/** Null: not JSON, or no map. */
export function readPackageFacts(folder: string, text: string): PackageFacts | null {
  const data = asMap(parsed(text));
  if (data === null) return null;
  const scripts = asMap(data['scripts']) ?? {};
  const texts = Object.entries(scripts)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([, script]) => script);
  const dependencies = [
    'dependencies',
    'devDependencies',
    'optionalDependencies',
    'peerDependencies',
  ].flatMap((key) => Object.keys(asMap(data[key]) ?? {}));
  const inScripts = texts.flatMap(runnersIn);
  const installed = NATIVE.filter((name) => dependencies.includes(name));
  return { folder, runners: [...new Set([...inScripts, ...installed])], scripts: texts };
}

const NATIVE: readonly NativeRunner[] = ['vitest', 'jest'];

/** The script `test` says best how tests are run; then those that are named after it. */
function rank(name: string): number {
  if (name === 'test') return 0;
  return /^test\b/.test(name) ? 1 : 2;
}

/** In the order in which the script calls them. */
function runnersIn(script: string): NativeRunner[] {
  const at = CALLS.map(([name, pattern]) => [name, script.search(pattern)] as const);
  return at
    .filter(([, index]) => index !== -1)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
}

const CALLS: readonly (readonly [NativeRunner, RegExp])[] = [
  ['vitest', /(?:^|[\s/;&|])vitest(?:\.mjs)?(?=$|[\s;&|])/],
  ['jest', /(?:^|[\s/;&|])jest(?:\.js)?(?=$|[\s;&|])/],
  ['node', /(?:^|\s)--test(?=$|[\s;&|])/],
];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function asMap(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

import { NOTHING, type ProjectFacts, type Proposal } from './proposal.ts';

interface Manager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  readonly lockFiles: readonly string[];
  readonly install: string;
}

const MANAGERS: readonly Manager[] = [
  { name: 'pnpm', lockFiles: ['pnpm-lock.yaml'], install: 'pnpm install --frozen-lockfile' },
  { name: 'bun', lockFiles: ['bun.lock', 'bun.lockb'], install: 'bun install --frozen-lockfile' },
  { name: 'yarn', lockFiles: ['yarn.lock'], install: 'yarn install --frozen-lockfile' },
  { name: 'npm', lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'], install: 'npm ci' },
];

/** The first of each group that package.json has, in the order a failure is cheapest to read. */
const SCRIPTS = [
  ['typecheck', 'type-check', 'check-types', 'check:types', 'tsc'],
  ['lint', 'lint:ci'],
  ['build'],
  ['test:ci', 'test'],
] as const;

/** package.json and its lock file. */
export function detectNode(facts: ProjectFacts): Proposal {
  const text = facts.files.get('package.json');
  if (text === undefined) return NOTHING;
  const read = readPackage(text);
  if (read === null) return { ...NOTHING, notes: ['package.json cannot be read as JSON'] };
  const manager = findManager(facts.files, read.packageManager);
  const locked = manager.lockFiles.some((file) => facts.files.has(file));
  const { gate, notes } = gateOf(read.scripts, manager);
  if (locked) return { gate, setup: [installCommand(manager, facts.files)], copy: [], notes };
  if (!read.hasDependencies) return { gate, setup: [], copy: [], notes };
  const setup = manager.name === 'npm' ? 'npm install --no-package-lock' : `${manager.name} install`;
  const note = 'there is no lock file: every worktree may get other versions of the dependencies';
  return {
    gate,
    setup: [setup],
    copy: facts.files.has('node_modules') ? ['node_modules'] : [],
    notes: [...notes, note],
  };
}

interface Package {
  readonly scripts: ReadonlyMap<string, string>;
  readonly packageManager: string;
  readonly hasDependencies: boolean;
}

function readPackage(text: string): Package | null {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const map = asMap(data);
  if (map === null) return null;
  const scripts = Object.entries(asMap(map['scripts']) ?? {});
  const counts = ['dependencies', 'devDependencies'].map((key) => Object.keys(asMap(map[key]) ?? {}).length);
  return {
    scripts: new Map(scripts.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    packageManager: typeof map['packageManager'] === 'string' ? map['packageManager'] : '',
    hasDependencies: counts.some((count) => count > 0),
  };
}

function asMap(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function findManager(files: ReadonlyMap<string, string>, declared: string): Manager {
  const named = MANAGERS.find(({ name }) => declared.startsWith(`${name}@`));
  const byLock = MANAGERS.find(({ lockFiles }) => lockFiles.some((file) => files.has(file)));
  const fallback = MANAGERS[3] as Manager;
  return named ?? byLock ?? fallback;
}

function installCommand(manager: Manager, files: ReadonlyMap<string, string>): string {
  const isBerry =
    manager.name === 'yarn' &&
    (files.has('.yarnrc.yml') || /^__metadata:/m.test(files.get('yarn.lock') ?? ''));
  return isBerry ? 'yarn install --immutable' : manager.install;
}

function gateOf(scripts: ReadonlyMap<string, string>, manager: Manager): { gate: string[]; notes: string[] } {
  const gate: string[] = [];
  const notes: string[] = [];
  const test = scripts.get('test') ?? '';
  for (const group of SCRIPTS) {
    const name = group.find((candidate) => scripts.has(candidate));
    const text = name === undefined ? undefined : scripts.get(name);
    if (name === undefined || text === undefined || text.trim() === '') continue;
    // npm's own placeholder, which fails always.
    if (/no test specified/i.test(text)) continue;
    if (/(?:^|\s)--watch(?:All)?(?:\s|$)|(?:^|\s)(?:vitest|ava)\s+watch\b/.test(text)) {
      notes.push(`the script "${name}" watches and never ends: give rota one that runs once`);
      continue;
    }
    // The test script may run the other ones itself.
    if (
      name !== 'test' &&
      new RegExp(`\\brun(?:-[sp])?\\s(?:.*\\s)?${escapeForPattern(name)}(?![\\w:-])`).test(test)
    )
      continue;
    gate.push(runScript(manager, name, text));
  }
  return { gate, notes };
}

function runScript(manager: Manager, name: string, text: string): string {
  const run =
    name === 'test' && manager.name !== 'bun' ? `${manager.name} test` : `${manager.name} run ${name}`;
  // react-scripts watches unless it believes to be unattended.
  return /\breact-scripts test\b/.test(text) ? `CI=true ${run}` : run;
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

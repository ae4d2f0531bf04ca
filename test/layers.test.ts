import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
const MOST_LINES = 300;

/** Low to high: a file imports from its own layer and from lower ones (AGENTS.md). `index.ts` is the library's entry. */
const LAYERS: readonly (readonly string[])[] = [
  ['errors.ts', 'events.ts', 'config.ts', 'markdown.d.ts'],
  ['task'],
  ['role'],
  ['plan'],
  ['system'],
  ['store'],
  ['agent', 'isolate', 'forge', 'schedule'],
  ['run'],
  ['demo'],
  ['index.ts'],
  ['cli'],
];

/** Narrower than the order says: what a layer may import beside itself. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  system: ['errors.ts', 'events.ts'],
};

/** Each library behind its one door. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'gray-matter': ['task/front-matter.ts'],
  yaml: ['task/yaml.ts'],
  croner: ['task/repeat.ts'],
  'node-diff3': ['task/merge-lines.ts'],
  picomatch: ['plan/glob.ts'],
  'fast-xml-parser': ['plan/reports/read-junit.ts'],
  '@secretlint/secretlint-rule-preset-recommend': ['plan/secret-rules.ts'],
  '@secretlint/types': ['plan/secret-rules.ts'],
  '@agentclientprotocol/sdk': ['agent/acp/sdk.ts'],
  execa: ['system/processes.ts'],
  'simple-git': ['system/git-query.ts'],
  'proper-lockfile': ['system/mutex.ts'],
  commander: ['cli/program.ts'],
  '@clack/prompts': ['cli/ask.ts'],
  picocolors: ['cli/output.ts'],
};

/** Schemas are many small files; zod is for them. */
const ZOD =
  /^(?:role\/[a-z-]*schema[a-z-]*|agent\/result[a-z-]*|store\/records\/decode|forge\/gh\/[a-z-]*answer[a-z-]*)\.ts$/;

interface Source {
  /** From src/. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

interface Import {
  readonly from: string;
  /** `import type`, or only types in its braces: gone when it runs. */
  readonly type: boolean;
  /** `import('…')`, loaded when it is needed. */
  readonly lazy: boolean;
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map(readSource);
const files = new Set(sources.map(({ file }) => file));

describe('layers', () => {
  test('every file belongs to one', () => {
    expect(sources.map(({ file }) => file).filter((file) => rankOf(file) === -1)).toEqual([]);
  });

  test('imports go down, and to files that are there', () => {
    const wrong = sources.flatMap((source) =>
      localImports(source).flatMap((target) => {
        if (/\.(?:md|json)$/.test(target)) return [];
        if (!files.has(target)) return [`${source.file} imports ${target}, which is not there`];
        return mayImport(source.file, target) ? [] : [`${source.file} imports ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('no cycle', () => {
    expect(findCycle()).toBe(null);
  });

  test('process is used in cli and system only', () => {
    const users = sources.filter(({ text }) => usesProcess(text)).map(({ file }) => file);
    expect(users.filter((file) => !/^(?:cli|system)\//.test(file))).toEqual([]);
  });

  test('ambient state of the machine is read in cli and system only', () => {
    const doors = /^node:(?:child_process|fs|fs\/promises|os|process|net|http|https)$/;
    const users = sources.filter(
      ({ file, imports }) =>
        !/^(?:cli|system)\//.test(file) && imports.some(({ from, type }) => !type && doors.test(from)),
    );
    expect(users.map(({ file }) => file)).toEqual([]);
  });
});

describe('libraries', () => {
  test('each is imported in its one file', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports.flatMap(({ from }) => {
        const name = packageOf(from);
        if (name === null) return [];
        if (name === 'zod') return ZOD.test(file) ? [] : [`${file}: zod`];
        const doors = DOORS[name];
        if (doors === undefined) return [`${file}: ${name}, which has no door`];
        return doors.includes(file) ? [] : [`${file}: ${name}, whose door is ${doors.join(', ')}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('every door leads to a library that is used and bundled: installing rota installs nothing else', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const used = new Set(sources.flatMap(({ imports }) => imports.map(({ from }) => packageOf(from))));
    expect(Object.keys(DOORS).filter((name) => !used.has(name))).toEqual([]);
    expect(manifest.dependencies).toBeUndefined();
  });
});

describe('files', () => {
  test(`have at most ${MOST_LINES} lines`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES);
    expect(long.map(({ file, text }) => `${file}: ${text.split('\n').length - 1}`)).toEqual([]);
  });

  test('have no default export, and nothing that types alone cannot erase', () => {
    const bad = /^(?:export default |(?:export )?(?:const )?enum |(?:export )?namespace )/m;
    const wrong = sources.filter(
      ({ file, text }) => !file.endsWith('.d.ts') && bad.test(withoutComments(text)),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test('are named in kebab-case', () => {
    expect([...files].filter((file) => !/^(?:[a-z0-9-]+\/)*[a-z0-9.-]+\.ts$/.test(file))).toEqual([]);
  });
});

describe('these rules', () => {
  test('see every form of import', () => {
    const text = `import a, { type B } from './a.ts';
import type { C } from './c.ts';
import {
  type D,
  type E,
} from './d.ts';
export { f } from './f.ts';
export type { G } from './g.ts';
export * from './h.ts';
import './i.ts';
const j = await import('./j.ts');
// import './commented.ts';
const k = 'process.env'; /* process.env */`;
    expect(importsOf(text)).toEqual([
      { from: './a.ts', type: false, lazy: false },
      { from: './c.ts', type: true, lazy: false },
      { from: './d.ts', type: true, lazy: false },
      { from: './f.ts', type: false, lazy: false },
      { from: './g.ts', type: true, lazy: false },
      { from: './h.ts', type: false, lazy: false },
      { from: './i.ts', type: false, lazy: false },
      { from: './j.ts', type: false, lazy: true },
    ]);
    expect(usesProcess(text)).toBe(false);
    expect(usesProcess('const x = process.env;')).toBe(true);
    expect(usesProcess("processes.run('process')")).toBe(false);
  });

  test('know up from down', () => {
    expect(mayImport('task/id.ts', 'errors.ts')).toBe(true);
    expect(mayImport('task/id.ts', 'run/worker.ts')).toBe(false);
    expect(mayImport('system/git.ts', 'task/id.ts')).toBe(false);
    expect(mayImport('store/neutral.ts', 'plan/pick.ts')).toBe(true);
    expect(mayImport('agent/agent.ts', 'isolate/none.ts')).toBe(true);
  });
});

function readSource(file: string): Source {
  const text = readFileSync(join(SRC, file), 'utf8');
  return { file: file.replaceAll('\\', '/'), text, imports: importsOf(text) };
}

/** Statements at the start of a line, over several lines; and `import('…')` anywhere. */
function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: { at: number; import: Import }[] = [];
  for (const match of code.matchAll(/^(?:import|export)\b(?:([^'";]*?)\bfrom\s+)?\s*'([^'\n]+)'/gm)) {
    const clause = match[1]?.trim() ?? '';
    found.push({ at: match.index, import: { from: match[2]!, type: isTypeOnly(clause), lazy: false } });
  }
  for (const match of code.matchAll(/\bimport\(\s*'([^'\n]+)'\s*\)/g))
    found.push({ at: match.index, import: { from: match[1]!, type: false, lazy: true } });
  return found.sort((a, b) => a.at - b.at).map((one) => one.import);
}

function isTypeOnly(clause: string): boolean {
  if (/^type\b/.test(clause)) return true;
  const names = /^\{([^}]*)\}$/.exec(clause)?.[1];
  if (names === undefined) return false;
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function usesProcess(text: string): boolean {
  const code = withoutComments(text).replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  return /(?<![\w.$'-])process(?:\.|\[)[\w']/.test(code) && !/\bprocess\s*[,:}]/.test(declared(code));
}

/** A local value of that name (`const { process } = facts`) is not the global one. */
function declared(code: string): string {
  return [...code.matchAll(/(?:const|let)\s*\{([^}]*)\}\s*=/g)].map((match) => `${match[1]},`).join('');
}

function localImports({ file, imports }: Source): string[] {
  return imports
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from }) => relative(SRC, resolve(SRC, dirname(file), from)).replaceAll('\\', '/'));
}

function mayImport(from: string, to: string): boolean {
  const [own, other] = [layerOf(from), layerOf(to)];
  if (own === other) return true;
  const only = ONLY[own];
  if (only !== undefined) return only.includes(other);
  return rankOf(to) <= rankOf(from);
}

function layerOf(file: string): string {
  return file.split('/')[0]!;
}

function rankOf(file: string): number {
  return LAYERS.findIndex((names) => names.includes(layerOf(file)));
}

function packageOf(from: string): string | null {
  if (from.startsWith('.') || from.startsWith('node:') || from.endsWith('.md')) return null;
  const parts = from.split('/');
  return from.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

/** A cycle of imports that exist when the program runs, as `a -> b -> a`; types may refer to each other. */
function findCycle(): string | null {
  const edges = new Map(sources.map((source) => [source.file, runtimeImports(source)]));
  const state = new Map<string, 'open' | 'closed'>();
  const path: string[] = [];
  const visit = (file: string): string | null => {
    state.set(file, 'open');
    path.push(file);
    for (const next of edges.get(file) ?? []) {
      if (state.get(next) === 'open') return [...path.slice(path.indexOf(next)), next].join(' -> ');
      const found = state.has(next) ? null : visit(next);
      if (found !== null) return found;
    }
    path.pop();
    state.set(file, 'closed');
    return null;
  };
  for (const file of edges.keys()) {
    const found = state.has(file) ? null : visit(file);
    if (found !== null) return found;
  }
  return null;
}

function runtimeImports(source: Source): string[] {
  return localImports({ ...source, imports: source.imports.filter(({ type }) => !type) }).filter((file) =>
    files.has(file),
  );
}

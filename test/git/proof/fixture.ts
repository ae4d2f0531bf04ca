import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../../../src/config.ts';
import type { RotaEvent } from '../../../src/events.ts';
import { parseConfig } from '../../../src/role/parse-config.ts';
import { plainGateBox } from '../../../src/run/gate/gate-box.ts';
import { runGate } from '../../../src/run/gate/run-gate.ts';
import { readChangedFiles } from '../../../src/run/land/changed-files.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { readIdentity } from '../../../src/store/identity.ts';
import { openNeutral } from '../../../src/store/neutral.ts';
import { openRepository } from '../../../src/store/repository.ts';
import { sandbox } from '../../support/repo.ts';

const MODULES = resolve(import.meta.dirname, '../../../node_modules');

/** Vitest as `npm ci` would leave it, its cache apart. */
export const VITEST_SETUP = [
  'mkdir -p node_modules/.bin',
  `ln -s ${MODULES}/.bin/vitest node_modules/.bin/vitest`,
  `ln -s ${MODULES}/vitest node_modules/vitest`,
].join(' && ');

export const NODE_PACKAGE = JSON.stringify({ type: 'module', scripts: { test: 'node --test' } });
export const VITEST_PACKAGE = JSON.stringify({ type: 'module', scripts: { test: 'vitest run' } });

export interface ProofWorld {
  /** Files of old main, beside a sum that is wrong. */
  readonly main?: Record<string, string>;
  /** What the branch writes; null deletes. */
  readonly branch: Record<string, string | null>;
  /** Lines of rota.yaml. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly stop?: AbortSignal;
  readonly run?: string;
  /** Of the machine, beside those of the sandbox. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Happens while the gate runs. */
  meanwhile?(home: string): Promise<void>;
}

export const WRONG = 'export const sum = (a, b) => a - b;\n';
export const RIGHT = 'export const sum = (a, b) => a + b;\n';

/** A test of node:test for the sum. */
export function nodeTest(title = 'adds', assertion = 'assert.equal(sum(1, 2), 3)', more = ''): string {
  return `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from '../src/sum.mjs';\n${more}test('${title}', () => { ${assertion}; });\n`;
}

export function vitestTest(title = 'adds', assertion = 'expect(sum(1, 2)).toBe(3)'): string {
  return `import { expect, test } from 'vitest';\nimport { sum } from '../src/sum.mjs';\ntest('${title}', () => { ${assertion}; });\n`;
}

/** Judges a branch as the gate does, with real runners. */
export async function prove(world: ProofWorld) {
  const box = sandbox();
  const repo = box.repo('project', {
    'package.json': NODE_PACKAGE,
    '.gitignore': 'node_modules\n',
    'src/sum.mjs': WRONG,
    ...world.main,
  });
  const main = repo.git('rev-parse', 'HEAD');
  const written = Object.entries(world.branch).flatMap(([path, text]) =>
    text === null ? [] : [[path, text]],
  );
  const deleted = Object.keys(world.branch).filter((path) => world.branch[path] === null);
  if (deleted.length > 0) repo.git('rm', '-q', ...deleted);
  const commit = repo.commit('fix: the branch, merged', Object.fromEntries(written));

  const system = box.system();
  const repository = await openRepository(system, repo.root);
  const neutral = await openNeutral(system, repository);
  const place = { system, repository, neutral } as unknown as Project;
  const changed = await readChangedFiles(place, main, commit);
  const runFolder = join(box.folder, 'run');
  mkdirSync(runFolder);
  const events: RotaEvent[] = [];
  const environment = { ...system.environment, variables: { ...box.env, ...world.variables } };
  const judging = runGate({
    system: { ...system, environment },
    repository,
    identity: await readIdentity(system, repository),
    config: configOf({ gate: 'none', ...world.config }),
    commit,
    base: main,
    changes: changed,
    openBox: async () => plainGateBox(repository),
    openTests: (findings) => findings,
    run: world.run ?? system.random.id(),
    task: 'A1',
    branch: 'ai/developer/A1',
    home: repo.root,
    turn: 1,
    runFolder,
    contract: [],
    backlogProblems: [],
    proof: { main, changed },
    stop: world.stop ?? new AbortController().signal,
    emit: (event) => void events.push(event),
  });
  await world.meanwhile?.(box.env['HOME'] ?? '');
  const report = await judging;
  await neutral.close();
  const log = (name: string) => readFileSync(join(runFolder, name), 'utf8');
  return { report, events, box, system, log };
}

/** The reason of a proof that failed. */
export async function reasonOf(world: ProofWorld): Promise<string> {
  const { report } = await prove(world);
  if (report.proof?.kind !== 'unproven') throw new Error(`proven: ${JSON.stringify(report)}`);
  return report.proof.reason;
}

/** JSON is YAML. */
function configOf(lines: Readonly<Record<string, unknown>>): Config {
  const parsed = parseConfig(JSON.stringify(lines));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

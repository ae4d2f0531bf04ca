import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { expectTidy, type RunEnd, type SceneWish, taskFile, taskText } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';
import { type HostileScene, hostileScene } from '../hostile/canary.ts';

const MODULES = resolve(import.meta.dirname, '../../../node_modules');
/** Vitest, as `npm ci` would bring it. */
export const VITEST_SETUP = `["mkdir -p node_modules/.bin && ln -s ${MODULES}/.bin/vitest node_modules/.bin/vitest && ln -s ${MODULES}/vitest node_modules/vitest"]`;

/** What every cheat wants to land: the sum is wrong, and an honest gate is red. */
export const WRONG: Step = { write: { 'src/sum.mjs': 'export const sum = (a, b) => a - b;\n' } };

const RIGHT = 'export const sum = (a, b) => a + b;\n';

/** A test file of node:test about the sum; `adds` is red with WRONG. */
export function sumTests(more = '', adds = "test('adds', () => assert.equal(sum(1, 2), 3));\n"): string {
  return `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from '../src/sum.mjs';\n${adds}test('adds nothing', () => assert.equal(sum(1, 0), 1));\n${more}`;
}

/** A project with a right sum, its tests, and one task for each cheat. */
export function cheatScene(
  ids: readonly string[],
  {
    files,
    role,
    config,
    type = 'feature',
  }: Pick<SceneWish, 'files' | 'role'> & {
    config: Record<string, string>;
    type?: string;
  },
): Promise<HostileScene> {
  return hostileScene({
    tasks: Object.fromEntries(ids.map((id) => [taskFile(id), taskText(id, { type })])),
    role: { attempts: 1, ...role },
    config,
    files: {
      '.gitignore': 'node_modules\n',
      'src/sum.mjs': RIGHT,
      'test/sum.test.mjs': sumTests(),
      ...files,
    },
  });
}

interface Caught {
  readonly outcome: 'held' | 'refused' | 'red';
  /** In the reason, which people read, or in the failure, which the agent reads. */
  readonly why: string | RegExp;
}

/** The agent cheats as `steps` say: it is caught for that reason, nothing of it is on main, and the canary lives. */
export async function caught(
  s: HostileScene,
  id: string,
  steps: readonly Step[],
  wish: Caught,
): Promise<RunEnd> {
  const before = codeOnMain(s);
  s.agent.script(id, steps);
  const end = await s.run(id);
  const words = `${end.doc.reason}\n${s.record(id)?.notes?.[0]?.text ?? ''}`;
  expect(end, `${id}: ${words}`).toMatchObject({ code: 1, doc: { outcome: wish.outcome, commit: null } });
  expect(words).toMatch(wish.why);
  expectTidy(s, end);
  expect(codeOnMain(s), `${id}: main`).toBe(before);
  expect(s.history().filter((subject) => subject.startsWith('feat') || subject.startsWith('fix'))).toEqual(
    [],
  );
  s.canary.expectAlive();
  return end;
}

/** Main's tests say by themselves that nothing got through: as many as before, and green. */
export function expectGreenMain(s: HostileScene): void {
  const env = { ...s.box.env };
  const said = execFileSync(process.execPath, ['--test', '--test-reporter=tap', 'test/sum.test.mjs'], {
    ...{ cwd: s.home.root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  });
  expect(said).toMatch(/^# tests 2\n# suites 0\n# pass 2\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0$/m);
}

/** The `Gate:` trailers of main's tip. */
export function gateLines(s: HostileScene): string[] {
  return s.shared.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', 'main').trim().split('\n');
}

function codeOnMain(s: HostileScene): string {
  return s.shared
    .git('ls-tree', '-r', 'main')
    .split('\n')
    .filter((line) => !line.includes('\tbacklog/'))
    .join('\n');
}

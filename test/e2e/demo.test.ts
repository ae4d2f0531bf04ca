import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sandbox } from '../support/repo.ts';

it('runs the main job on a made-up repository, where git knows nobody', async () => {
  const box = sandbox();
  const here = box.repo('elsewhere');
  rmSync(box.env['GIT_CONFIG_GLOBAL']!);
  const before = filesOf(box.env['HOME']!);
  const folder = join(box.folder, 'my demo');

  const ran = await here.rota(['demo', '--json', '--keep', folder]);
  expect(ran.code, `${ran.stdout}\n${ran.stderr}`).toBe(0);
  const document = JSON.parse(ran.stdout);

  expect(document).toMatchObject({ folder, wrong: [], turns: 10 });
  expect(document.results).toHaveLength(9);
  const statuses = document.tasks.map((task: { id: string; status: string }) => `${task.id} ${task.status}`);
  expect(statuses.slice(0, 11)).toEqual([
    ...['S1 draft', 'S2 done', 'S3 done', 'S4 done', 'S5 done', 'S6 done', 'S7 done'],
    ...['S8 ready', 'S9 ready', 'S10 ready', 'S11 draft'],
  ]);
  expect(statuses.slice(11)).toEqual(['S12 draft', 'S13 draft', 'S14 draft']);

  // What is left is an ordinary repository: main checked out and clean, green, without locks, worktrees and branches.
  const git = (...args: string[]) => here.git('-C', folder, ...args);
  expect(git('status', '--porcelain')).toBe('');
  expect(git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect(git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
  expect(
    git('log', '--format=%an <%ae>')
      .split('\n')
      .every((who) => who === 'Corner Shop <shop@example.invalid>'),
  ).toBe(true);
  expect(git('log', '-1', '--format=%B', '--grep=^Task: S6')).toMatch(
    /^Gate: .*node tools\/all-tests\.mjs passed/m,
  );
  expect(git('log', '-1', '--format=%B', '--grep=^Task: S3')).toMatch(
    /^Gate: proof: \d tests? red on old main, green now: /m,
  );
  expect((await here.rota(['-C', folder, 'check'])).code).toBe(0);
  // The person's own files are as they were, and nothing runs on.
  expect(filesOf(box.env['HOME']!)).toEqual(before);
  expect(processesIn(folder)).toEqual([]);
}, 180_000);

it('leaves a folder alone that is not empty', async () => {
  const box = sandbox();
  const here = box.repo('elsewhere');
  writeFileSync(join(box.folder, 'home', 'note'), 'mine');
  const ran = await here.rota(['demo', '--keep', join(box.folder, 'home')]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('is not empty');
  expect(existsSync(join(box.folder, 'home', '.git'))).toBe(false);
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

/** Commands whose current folder is there, or was. Linux only; elsewhere none are seen. */
function processesIn(folder: string): string[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

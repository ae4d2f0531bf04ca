import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import type { Files } from '../../../src/system/ports.ts';
import { taskKey } from '../../../src/task/id.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { FILES } from '../worktree/open-test-project.ts';

const BRANCH = 'ai/developer/A1-list-things';
const OPTIONS = { dryRun: false, discard: null };

/** Runs landed these branches on main, and died before they could delete them. */
async function landed(hub: 'none' | 'file', branches: readonly string[] = [BRANCH]) {
  const box = sandbox();
  const repo = box.repo('repo', FILES);
  const shared = hub === 'file' ? box.bare('hub.git') : repo;
  if (hub === 'file') repo.git('remote', 'add', 'origin', `file://${shared.root}`);
  for (const [n, branch] of branches.entries()) {
    repo.git('switch', '-qc', branch);
    repo.commit('feat(A1): work', { [`src/new-${n}.txt`]: 'work\n' });
    repo.git('switch', '-q', 'main');
    const trailers = `Task: A1\nRole: developer\nRun: R${n}\nBranch: ${branch}\nGate: none`;
    repo.git('merge', '-q', '--no-ff', '-m', `feat(A1): work\n\n${trailers}`, branch);
  }
  if (hub === 'file') repo.git('push', '-q', 'origin', 'main', ...branches);
  const project = await openProject(box.system(), repo.root, () => undefined, 'write');
  return { repo, shared, project };
}

function heads({ shared }: { shared: TestRepo }): string[] {
  return shared.git('for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads').split('\n');
}

function removed({ removed: lines }: SweepReport): (string | null)[] {
  return lines.map(({ branch, reason }) => `${branch}: ${reason}`);
}

test('here: it goes, once', async () => {
  const at = await landed('none');
  expect(removed(await sweep(at.project, { ...OPTIONS, dryRun: true }))).toEqual([
    `${BRANCH}: the branch has landed; it would be removed`,
  ]);
  expect(heads(at)).toEqual([BRANCH, 'main']);
  const swept = await sweep(at.project, OPTIONS);
  expect(swept.kept).toEqual([]);
  expect(removed(swept)).toEqual([`${BRANCH}: the branch has landed`]);
  expect(heads(at)).toEqual(['main']);
  expect(removed(await sweep(at.project, OPTIONS))).toEqual([]);
});

test('on the remote: it goes, also from a clone that never had it', async () => {
  const at = await landed('file');
  at.repo.git('branch', '-D', BRANCH);
  expect(removed(await sweep(at.project, OPTIONS))).toEqual([
    `${BRANCH}: its branch on the remote has landed`,
  ]);
  expect(heads(at)).toEqual(['main']);
});

test('commits that main has not keep it, here and there', async () => {
  for (const hub of ['none', 'file'] as const) {
    const at = await landed(hub);
    at.repo.git('switch', '-q', BRANCH);
    const tip = at.repo.commit('feat: more', { 'src/more.txt': 'more\n' });
    at.repo.git('switch', '-q', 'main');
    if (hub === 'file') at.repo.git('push', '-q', 'origin', BRANCH);
    expect(removed(await sweep(at.project, OPTIONS))).toEqual([]);
    expect(at.shared.git('rev-parse', BRANCH)).toBe(tip);
  }
});

test('a branch that another clone pushed further meanwhile is not deleted: the lease holds', async () => {
  const at = await landed('file');
  at.repo.git('branch', '-D', BRANCH);
  const other = at.repo.sandbox.clone(at.shared.root, 'other');
  other.git('switch', '-q', BRANCH);
  const tip = other.commit('feat: more', { 'src/more.txt': 'more\n' });
  const branches = at.project.branches!;
  const racing: Project = {
    ...at.project,
    branches: {
      ...branches,
      list: async (prefix) => {
        const seen = await branches.list(prefix);
        other.git('push', '-q', 'origin', BRANCH);
        return seen;
      },
    },
  };
  const report = await sweep(racing, OPTIONS);
  expect(removed(report)).toEqual([]);
  expect(report.kept).toMatchObject([
    { branch: BRANCH, reason: expect.stringContaining('could not be removed') },
  ]);
  expect(at.shared.git('rev-parse', BRANCH)).toBe(tip);
});

test('a branch whose task is worked on again, is checked out, or that no landing names stays', async () => {
  const at = await landed('none', [BRANCH, 'ai/developer/A2-more']);
  const { repo, project } = at;
  const token = await project.records.write({ ...emptyRecord('A1'), attempts: 1 }, { previous: null });
  await project.refs.swap([{ ref: taskRef(taskKey('A1')), from: null, to: token }]);
  repo.git('worktree', 'add', '-q', '../look', 'ai/developer/A2-more');
  repo.git('branch', 'ai/developer/A3-mine', 'main~1');
  repo.git('branch', 'ai/notes', 'main');
  expect(removed(await sweep(project, OPTIONS))).toEqual([]);
  expect(heads(at)).toEqual([BRANCH, 'ai/developer/A2-more', 'ai/developer/A3-mine', 'ai/notes', 'main']);
});

test('a run that takes the task up again while the sweep looks keeps its branch', async () => {
  const at = await landed('none');
  const { project } = at;
  const { files } = project.system;
  let claimed = false;
  // The queue of the branch is the last thing before its removal.
  const append: Files['append'] = async (path, data) => {
    if (path.includes('/queues/worktree-') && !claimed) {
      claimed = true;
      const token = await project.records.write({ ...emptyRecord('A1'), attempts: 1 }, { previous: null });
      await project.refs.swap([{ ref: taskRef(taskKey('A1')), from: null, to: token }]);
    }
    await files.append(path, data);
  };
  const system = { ...project.system, files: { ...files, append } };
  expect(removed(await sweep({ ...project, system }, OPTIONS))).toEqual([]);
  expect(claimed).toBe(true);
  expect(heads(at)).toEqual([BRANCH, 'main']);
});

test('no signature program that the configuration names is asked about the landings', async () => {
  const at = await landed('none');
  const { repo, project } = at;
  const home = join(repo.sandbox.folder, 'home');
  repo.write('../home/sign.sh', '#!/bin/sh\ntouch "$HOME/owned"\n');
  repo.git('config', 'gpg.program', join(home, 'sign.sh'));
  repo.git('config', 'log.showSignature', 'true');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
  const signed = repo.git('cat-file', 'commit', 'main').replace(/^committer .*$/m, `$&\n${signature}`);
  repo.write('../home/signed', `${signed}\n`);
  const object = repo.git('hash-object', '-t', 'commit', '-w', join(home, 'signed'));
  repo.git('update-ref', 'refs/heads/main', object);
  repo.git('log', '-1');
  expect(readdirSync(home), 'what a plain git log runs here').toContain('owned');
  rmSync(join(home, 'owned'));
  expect(removed(await sweep(project, OPTIONS))).toEqual([`${BRANCH}: the branch has landed`]);
  expect(readdirSync(home)).not.toContain('owned');
});

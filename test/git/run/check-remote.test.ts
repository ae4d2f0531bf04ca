import { describe, expect, test } from 'vitest';
import { checkRemote } from '../../../src/run/doctor/check-remote.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import { httpRemote } from '../../support/http-remote.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';

interface Wish {
  readonly config?: string;
  readonly http?: boolean;
  /** Makes the remote what it is. */
  readonly host?: (bare: TestRepo) => void;
}

/** What doctor finds out about a remote; that it leaves nothing there or here is looked at every time. */
async function look({ config = '', http = false, host = () => undefined }: Wish, leaves: string[] = []) {
  const box = sandbox();
  const repo = box.repo('project', { 'rota.yaml': `gate: none\n${config}` });
  const bare = box.bare('hub.git');
  repo.git('push', '-q', bare.root, 'main');
  const served = http ? await httpRemote(bare) : null;
  repo.git('remote', 'add', 'origin', served?.url ?? `file://${bare.root}`);
  host(bare);
  const state = () => [bare, repo].map((one) => one.git('for-each-ref', '--format=%(refname) %(objectname)'));
  const [there = '', here] = state();
  const objects = repo.git('count-objects', '-v');
  const project = await openProject(box.system(), repo.root, () => undefined);
  const findings = await checkRemote(project);
  await project.close();
  const left = state()[0]!
    .split('\n')
    .filter((line) => !there.split('\n').includes(line));
  expect(left.map((line) => line.replace(/doctor\/\w+/, 'doctor/ID').split(' ')[0])).toEqual(leaves);
  expect(state()[1]).toBe(here);
  expect(repo.git('count-objects', '-v')).toBe(objects);
  return {
    repo,
    bare,
    served,
    findings,
    says: findings.map(({ state: how, says }) => `${how}: ${says.replace(/doctor\/\w+/g, 'doctor/ID')}`),
    mends: findings.flatMap(({ mend }) => (mend === null ? [] : [mend])),
  };
}

function hook(name: string, script: string): (bare: TestRepo) => void {
  return (bare) => bare.write(`hooks/${name}`, `#!/bin/sh\n${script}\n`);
}

const BRANCHES_ONLY = 'case $1 in refs/heads/*) exit 0;; *) echo "only branches here" >&2; exit 1;; esac';
const GOOD = [
  'good: origin can be read and takes pushes',
  'good: locks fit below refs/rota/: refs are made, replaced and deleted, all or nothing',
  'good: main on origin can be moved',
];

describe('a remote that takes everything', () => {
  test.each([false, true])('http %s', async (http) => {
    expect(await look({ http })).toMatchObject({ says: GOOD, mends: [] });
  });

  test('although this clone has not seen its newest main', async () => {
    const host = (bare: TestRepo) => {
      const tree = bare.git('rev-parse', 'main^{tree}');
      const env = ['-c', 'user.name=Other', '-c', 'user.email=other@example.org'];
      bare.git(
        'update-ref',
        'refs/heads/main',
        bare.git(...env, 'commit-tree', tree, '-p', 'main', '-m', 'feat: more'),
      );
    };
    expect(await look({ host })).toMatchObject({ says: GOOD });
  });
});

describe('names', () => {
  test('custom ones are refused by a hook: the setting that works is proposed, and works', async () => {
    const { says, mends, repo, bare } = await look({ host: hook('update', BRANCHES_ONLY) });
    expect(says).toEqual([
      GOOD[0],
      expect.stringMatching(
        /^bad: origin refuses refs below refs\/rota\/: hook declined: .*only branches here/,
      ),
      GOOD[2],
    ]);
    expect(mends).toEqual(['Put this into rota.yaml: refs-prefix: refs/heads/rota/']);
    repo.commit('as proposed', { 'rota.yaml': `gate: none\n${mends[0]!.split('yaml: ')[1]}\n` });
    repo.git('push', '-q', bare.root, 'main');
    const project = await openProject(repo.sandbox.system(), repo.root, () => undefined);
    const again = await checkRemote(project);
    await project.close();
    expect(again.map(({ state, says: said }) => `${state}: ${said}`)).toEqual(
      GOOD.map((line) => line.replace('refs/rota/', 'refs/heads/rota/')),
    );
  });

  test('custom ones are refused because they are hidden', async () => {
    const host = (bare: TestRepo) => void bare.git('config', 'transfer.hideRefs', 'refs/rota');
    const { says, mends } = await look({ host });
    expect(says[1]).toBe('bad: origin refuses refs below refs/rota/: deny updating a hidden ref');
    expect(mends).toEqual(['Put this into rota.yaml: refs-prefix: refs/heads/rota/']);
  });

  test('custom ones can be pushed and not be read', async () => {
    const host = (bare: TestRepo) => void bare.git('config', 'uploadpack.hideRefs', 'refs/rota');
    const { says } = await look({ host }, []);
    expect(says[1]).toBe('bad: what is pushed to origin below refs/rota/ cannot be read there');
  });

  test('branches below ai/ are refused', async () => {
    const host = hook('update', 'case $1 in refs/heads/ai/*) echo "names are TEAM-123" >&2; exit 1;; esac');
    const merge = await look({ host });
    expect(merge.says).toEqual([
      ...GOOD.slice(0, 2),
      expect.stringMatching(/^warning: origin refuses branches below ai\/: .*names are TEAM-123/),
      GOOD[2],
    ]);
    const pr = await look({ host, config: 'integrate: pr\n' });
    expect(pr.says[2]).toMatch(/^bad: origin refuses branches below ai\//);
  });

  test('records that an earlier refs-prefix left are named; a branch of a person is none', async () => {
    const host = (bare: TestRepo) => {
      for (const ref of ['refs/rota/tasks/A1', 'refs/heads/rota/tasks/A2', 'refs/heads/mike/tasks/A3'])
        bare.git('update-ref', ref, 'main');
    };
    const { findings } = await look({ host, config: 'refs-prefix: refs/heads/rota\n' });
    expect(findings.at(-1)).toEqual({
      area: 'remote',
      state: 'warning',
      says: 'records that nobody reads since refs-prefix is refs/heads/rota/: refs/rota/tasks/A1',
      mend: 'Once no worker works under them: git push origin :refs/rota/tasks/A1',
    });
  });
});

describe('rules for branches, with refs-prefix: refs/heads/rota/', () => {
  const config = 'refs-prefix: refs/heads/rota/\n';

  test('forced pushes are denied', async () => {
    const host = (bare: TestRepo) => void bare.git('config', 'receive.denyNonFastForwards', 'true');
    const { says } = await look({ host, config });
    expect(says[1]).toMatch(
      /^bad: origin does not let a ref below refs\/heads\/rota\/ be replaced: non-fast-forward/,
    );
    expect((await look({ host })).says).toEqual(GOOD);
  });

  test('deletions are denied: what stays is named, with the command', async () => {
    const host = (bare: TestRepo) => void bare.git('config', 'receive.denyDeletes', 'true');
    const left = ['refs/heads/ai/doctor/ID', 'refs/heads/rota/doctor/ID/a', 'refs/heads/rota/doctor/ID/b'];
    const { findings } = await look({ host, config }, left);
    expect(findings.at(-1)).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('origin does not let refs be deleted; left there: refs/heads/ai/doctor/'),
      mend: expect.stringMatching(/then: git push origin :refs\/heads\/ai\/doctor\/\w+ :refs\/heads\/rota/),
    });
  });
});

describe('main', () => {
  const protect = (name: string, condition: string) =>
    hook(name, `${condition} && echo "GL-HOOK-ERR: main is protected" >&2 && exit 1; exit 0`);

  test.each([
    ['an update hook', 'update', '[ "$1" = refs/heads/main ]'],
    ['a pre-receive hook', 'pre-receive', 'grep -q " refs/heads/main$"'],
  ])('is protected by %s: integrate: pr is proposed', async (_, name, condition) => {
    const { says, mends, bare } = await look({ host: protect(name, condition) });
    expect(says.slice(0, 2)).toEqual(GOOD.slice(0, 2));
    expect(says[2]).toMatch(
      /^bad: origin does not let main be moved: (?:pre-receive )?hook declined: .*main is protected/,
    );
    expect(mends[0]).toContain('integrate: pr in rota.yaml');
    expect(bare.git('log', '--format=%s', 'main')).not.toContain('rota');
  });

  test('is checked out on the remote', async () => {
    const host = (bare: TestRepo) => {
      bare.git('config', 'core.bare', 'false');
      bare.git('config', 'core.worktree', bare.root);
    };
    const { says } = await look({ host });
    expect(says[2]).toMatch(/^bad: origin does not let main be moved: branch is currently checked out/);
  });

  test('is not asked about with integrate: pr', async () => {
    const { says } = await look({
      host: protect('update', '[ "$1" = refs/heads/main ]'),
      config: 'integrate: pr\n',
    });
    expect(says).toEqual(GOOD.slice(0, 2));
  });
});

test('a remote without atomic pushes', async () => {
  const host = (bare: TestRepo) => void bare.git('config', 'receive.advertiseAtomic', 'false');
  const { says, mends } = await look({ host });
  expect(says).toEqual(['bad: origin has no atomic push: a lock and main could not be changed together']);
  expect(mends[0]).toContain('receive.advertiseAtomic true');
});

test('push options are asked for where a request needs them', async () => {
  const config = 'integrate: pr\npull-request: {forge: push-options}\n';
  const { says } = await look({ config });
  expect(says).toEqual([
    ...GOOD.slice(0, 2),
    'warning: origin takes no push options, so a push opens no pull request',
  ]);
  const host = (bare: TestRepo) => void bare.git('config', 'receive.advertisePushOptions', 'true');
  expect((await look({ config, host })).says).toEqual(GOOD.slice(0, 2));
});

test('may be read only, is gone, has no main', async () => {
  const readOnly = await look({
    http: true,
    host: (bare) => void bare.git('config', 'http.receivepack', 'false'),
  });
  expect(readOnly.says).toEqual([
    expect.stringMatching(/^bad: origin can be read, but takes no push: .*403/),
  ]);
  expect(readOnly.mends).toEqual(['Locks are refs on the remote: log in as somebody who may push.']);

  const refused = await look({ host: hook('pre-receive', 'echo "the disk is full" >&2; exit 1') });
  expect(refused.says).toEqual([
    'bad: origin can be read, but takes no push: pre-receive hook declined: the disk is full',
  ]);

  const none = await look({
    config: 'branch: main\n',
    host: (bare) => void bare.git('update-ref', '-d', 'refs/heads/main'),
  });
  expect(none.says).toEqual(['bad: origin has no branch main']);
});

test('a connection that breaks after the server has made the probe: it is cleaned up all the same', async () => {
  const box = sandbox();
  const repo = box.repo('project', { 'rota.yaml': 'gate: none\n' });
  const bare = box.bare('hub.git');
  repo.git('push', '-q', bare.root, 'main');
  const served = await httpRemote(bare);
  repo.git('remote', 'add', 'origin', served.url);
  served.behave('/git-receive-pack', 'cut', 2);
  const project = await openProject(box.system(), repo.root, () => undefined);
  const [only] = await checkRemote(project);
  await project.close();
  expect(only).toMatchObject({ state: 'bad', says: expect.stringContaining('takes no push') });
  expect(bare.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  await served.close();
  const later = await openProject(box.system(), repo.root, () => undefined);
  const [gone] = await checkRemote(later);
  await later.close();
  expect(gone).toMatchObject({ state: 'bad', says: expect.stringContaining('origin cannot be read: ') });
});

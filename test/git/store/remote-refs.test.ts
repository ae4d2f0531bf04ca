import { describe, expect, it } from 'vitest';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { moveMainRemotely } from '../../../src/store/refs/move-main-remotely.ts';
import type { RefChange } from '../../../src/store/shared-refs.ts';
import type { GitDoor } from '../../../src/system/ports.ts';
import { taskKey } from '../../../src/task/id.ts';
import { sandbox } from '../../support/repo.ts';
import { openStore, storeOf, type TestStore } from './open-store.ts';

const MAIN = 'refs/heads/main';
const A1 = taskKey('A1');

describe('a push whose answer never arrives', () => {
  // Once: curl repeats the request on a new connection by itself, and the server then refuses what it has done before.
  it.each([1, 2])('counts as done when the remote shows that it was, cut off %i times', async (times) => {
    const store = await openStore('http');
    const token = await store.record('A1');
    store.http!.behave('/git-receive-pack', 'cut', times);
    expect(await store.refs.swap([change('A1', null, token)])).toEqual({ kind: 'swapped' });
    expect(shared(store, taskRef(A1))).toBe(token);
    expect(pushes(store)).toBe(2);
  });

  it('counts as done when a deletion is in place', async () => {
    const store = await openStore('http');
    const token = await store.record('A1');
    await store.refs.swap([change('A1', null, token)]);
    store.http!.behave('/git-receive-pack', 'cut', 2);
    expect(await store.refs.swap([change('A1', token, null)])).toEqual({ kind: 'swapped' });
    expect(shared(store, taskRef(A1))).toBeNull();
  });

  it('counts as done when main has gone on from there', async () => {
    const store = await openStore('http');
    const [old, token] = [store.main(), await store.record('A1')];
    await store.refs.swap([change('A1', null, token)]);
    const landed = store.repo.commit('feat: landed', { 'a.txt': 'a' });
    store.http!.behave('/git-receive-pack', 'cut', 1);
    // Somebody lands on top before this worker can look.
    const [swap] = await Promise.all([
      store.refs.swap([{ ref: MAIN, from: old, to: landed }, change('A1', token, null)]),
      until(() => store.main() === landed).then(() => advance(store, 'b.txt')),
    ]);
    expect(swap).toEqual({ kind: 'swapped' });
    expect(store.main()).not.toBe(landed);
    expect(shared(store, taskRef(A1))).toBeNull();
  });

  it('is tried again when the remote shows that nothing happened', async () => {
    const store = await openStore('http');
    const token = await store.record('A1');
    store.http!.behave('/git-receive-pack', 'refuse', 1);
    expect(await store.refs.swap([change('A1', null, token)])).toEqual({ kind: 'swapped' });
    expect(pushes(store)).toBe(2);
  });

  it('is stale when somebody else was there meanwhile', async () => {
    const store = await openStore('http');
    const [mine, theirs] = [await store.record('A1'), await store.record('A1')];
    store.shared.git('fetch', '-q', store.repo.root, `+${keep(store, theirs)}:${taskRef(A1)}`);
    store.http!.behave('/git-receive-pack', 'refuse', 1);
    expect(await store.refs.swap([change('A1', null, mine)])).toEqual({ kind: 'stale', refs: [taskRef(A1)] });
    expect(shared(store, taskRef(A1))).toBe(theirs);
  });

  it('is unreachable when the remote cannot even be asked', async () => {
    const store = await openStore('http');
    const token = await store.record('A1');
    store.http!.behave('/git-receive-pack', 'refuse');
    store.http!.behave('service=git-upload-pack', 'refuse');
    const result = await store.refs.swap([change('A1', null, token)]);
    expect(result.kind).toBe('unreachable');
    expect('reason' in result && result.reason).toMatch(/empty reply|reset|hung up/i);
  }, 30_000);
});

describe('a remote that says no', () => {
  it('is quoted, without control characters, and nothing changed', async () => {
    const store = await openStore('file');
    store.shared.write(
      'hooks/pre-receive',
      '#!/bin/sh\nprintf "main is \\033[31mfrozen\\007 until Monday\\n" >&2\nexit 1\n',
    );
    const token = await store.record('A1');
    const result = await store.refs.swap([change('A1', null, token)]);
    expect(result).toEqual({
      kind: 'rejected',
      reason: 'pre-receive hook declined: main is frozen until Monday',
    });
    expect(shared(store, taskRef(A1))).toBeNull();
  });

  it('keeps main and record where they were when only main is protected', async () => {
    const store = await openStore('http');
    store.shared.write(
      'hooks/update',
      '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "main is protected" >&2; exit 1; }\n',
    );
    const [old, token] = [store.main(), await store.record('A1')];
    const next = store.repo.commit('feat: next', { 'a.txt': 'a' });
    const move = moveMainRemotely(store.refs, 'main');
    const result = await move({ run: 'R', old, new: next, refs: [change('A1', null, token)] });
    expect(result).toEqual({ kind: 'in-the-way', reason: expect.stringContaining('main is protected') });
    expect([store.main(), shared(store, taskRef(A1))]).toEqual([old, null]);
    expect(await store.refs.swap([change('A1', null, token)])).toEqual({ kind: 'swapped' });
  });

  it('says why a push is not allowed where reading is', async () => {
    const store = await openStore('http');
    store.http!.behave('service=git-receive-pack', 403);
    const result = await store.refs.swap([change('A1', null, await store.record('A1'))]);
    expect(result).toEqual({ kind: 'rejected', reason: expect.stringContaining('403') });
  });
});

describe('moving main by push', () => {
  it('moves main and deletes the record at once, and leaves every checkout and remote-tracking ref alone', async () => {
    const store = await openStore('file');
    const [old, token] = [store.main(), await store.record('A1')];
    await store.refs.swap([change('A1', null, token)]);
    const tree = store.repo.git('rev-parse', 'main^{tree}');
    const next = store.repo.git('commit-tree', tree, '-p', old, '-m', 'feat: landed');
    const move = moveMainRemotely(store.refs, 'main');
    expect(await move({ run: 'R', old, new: next, refs: [change('A1', token, null)] })).toEqual({
      kind: 'moved',
      named: [],
    });
    expect(await store.refs.read()).toEqual({ main: next, tasks: new Map(), pause: null, age: 0 });
    expect(store.repo.git('rev-parse', 'main', 'origin/main', 'HEAD').split('\n')).toEqual([old, old, old]);
    expect(store.repo.git('for-each-ref', '--format=%(refname)', 'refs/remotes').split('\n').sort()).toEqual([
      'refs/remotes/origin/HEAD',
      'refs/remotes/origin/main',
    ]);
    expect(store.repo.exists('.git/FETCH_HEAD')).toBe(false);
  });

  it('is stale when main moved, or when the token is not the newest', async () => {
    const store = await openStore('file');
    const [old, token, other] = [store.main(), await store.record('A1'), await store.record('A1')];
    await store.refs.swap([change('A1', null, token)]);
    const next = store.repo.commit('feat: mine', { 'a.txt': 'a' });
    const move = moveMainRemotely(store.refs, 'main');
    expect(await move({ run: 'R', old, new: next, refs: [change('A1', other, null)] })).toEqual({
      kind: 'stale',
      refs: [taskRef(A1)],
    });
    advance(store, 'b.txt');
    expect(await move({ run: 'R', old, new: next, refs: [change('A1', token, null)] })).toEqual({
      kind: 'stale',
      refs: [MAIN],
    });
    expect(shared(store, taskRef(A1))).toBe(token);
  });
});

describe('reading', () => {
  it('fetches only when something changed', async () => {
    const store = await openStore('http');
    await store.refs.read();
    const before = store.http!.requests.length;
    await store.refs.read();
    const asked = store.http!.requests.slice(before);
    advance(store, 'b.txt');
    expect((await store.refs.read()).main).toBe(store.main());
    expect(asked.filter((request) => request.startsWith('GET'))).toHaveLength(1);
    expect(store.repo.git('cat-file', '-t', store.main())).toBe('commit');
  });

  it('sends only what is new, also in a clone that rota has not read before', async () => {
    const box = sandbox();
    const first = box.repo('first', { 'big.txt': 'x'.repeat(200_000) });
    const bare = box.bare('remote.git');
    first.git('push', '-q', bare.root, 'main');
    const repo = box.clone(bare.root, 'work');
    const store = await storeOf(box, repo, bare, `file://${bare.root}`);
    advance(store, 'b.txt');
    const count = () =>
      Number(
        /count: (\d+)[\s\S]*in-pack: (\d+)/
          .exec(repo.git('count-objects', '-v'))!
          .slice(1)
          .reduce((a, b) => String(Number(a) + Number(b))),
      );
    const before = count();
    await store.refs.read();
    expect(count() - before).toBe(3);
  });

  it('drops what is gone from the mirror', async () => {
    const store = await openStore('file');
    const token = await store.record('A1');
    await store.refs.swap([change('A1', null, token)]);
    await store.refs.read();
    store.shared.git('update-ref', '-d', taskRef(A1));
    await store.refs.read();
    expect(store.repo.git('for-each-ref', '--format=%(refname)', 'refs/rota')).toBe(
      'refs/rota/seen/heads/main',
    );
  });

  it('works in a shallow clone, and so do claims and landings', async () => {
    const box = sandbox();
    const first = box.repo('first');
    for (const name of ['a', 'b', 'c']) first.commit(`feat: ${name}`, { [name]: name });
    const bare = box.bare('remote.git');
    first.git('push', '-q', bare.root, 'main');
    box.repo('none');
    box.clone(`file://${bare.root}`, 'full');
    const repo = box.clone(bare.root, 'work');
    repo.git('fetch', '-q', '--depth=1', `file://${bare.root}`, 'main');
    repo.git('remote', 'remove', 'origin');
    repo.git('reflog', 'expire', '--expire=now', '--all');
    repo.git('gc', '-q', '--prune=now');
    expect(repo.git('rev-list', '--count', 'main')).toBe('1');
    const store = await storeOf(box, repo, bare, `file://${bare.root}`);
    const old = (await store.refs.read()).main;
    const token = await store.record('A1');
    expect(await store.refs.swap([change('A1', null, token)])).toEqual({ kind: 'swapped' });
    const next = repo.commit('feat: shallow', { d: 'd' });
    const landing: RefChange[] = [{ ref: MAIN, from: old, to: next }, change('A1', token, null)];
    expect(await store.refs.swap(landing)).toEqual({ kind: 'swapped' });
    advance(store, 'e');
    expect((await store.refs.read()).main).toBe(store.main());
    expect(bare.git('rev-list', '--count', 'main')).toBe('6');
    expect(bare.git('fsck', '--no-dangling')).toBe('');
  });

  it('runs and follows nothing that the repository’s own config names', async () => {
    const store = await openStore('file');
    const { repo, sandbox: box } = store;
    repo.write('evil.sh', `#!/bin/sh\ntouch ${box.folder}/ran\nexit 1\n`);
    const evil = `${repo.root}/evil.sh`;
    for (const [key, value] of [
      ['core.sshCommand', evil],
      ['core.hooksPath', repo.root],
      ['core.alternateRefsCommand', evil],
      ['credential.helper', `!${evil}`],
      ['core.gitProxy', evil],
      ['remote.origin.uploadpack', evil],
      ['remote.origin.receivepack', evil],
      ['core.fsmonitor', evil],
      [`url.ext::${evil}.insteadOf`, store.url!],
      [`url.file:///elsewhere.pushInsteadOf`, store.url!],
      ['core.askPass', evil],
    ] as const)
      repo.git('config', key, value);
    for (const hook of ['pre-push', 'reference-transaction', 'post-checkout'])
      repo.write(hook, `#!/bin/sh\ntouch ${box.folder}/ran\nexit 1\n`);
    advance(store, 'b.txt');
    expect((await store.refs.read()).main).toBe(store.main());
    const token = await store.record('A1');
    expect(await store.refs.swap([change('A1', null, token)])).toEqual({ kind: 'swapped' });
    const ran = await store.system.files.facts(`${box.folder}/ran`);
    expect(ran).toBeNull();
  });

  it('does not move what a mirror ref was made to point at', async () => {
    const store = await openStore('file');
    const old = store.main();
    store.repo.git('branch', 'victim', old);
    store.repo.git('symbolic-ref', 'refs/rota/seen/heads/main', 'refs/heads/victim');
    advance(store, 'b.txt');
    await store.refs.read();
    expect(store.repo.git('rev-parse', 'victim')).toBe(old);
  });

  it('uses the person’s insteadOf, for reading and for pushing', async () => {
    const store = await openStore('file', { url: 'work:remote' });
    const { sandbox: box } = store;
    await store.system.files.append(
      box.env['GIT_CONFIG_GLOBAL']!,
      `[url "file://${store.shared.root}"]\n\tinsteadOf = work:remote\n`,
    );
    // Git is asked with the person's HOME, not with the variables of this test.
    expect((await store.refs.read()).main).toBe(store.main());
    expect(await store.refs.swap([change('A1', null, await store.record('A1'))])).toEqual({
      kind: 'swapped',
    });
  });

  it('says why a remote cannot be reached, without its password', async () => {
    const store = await openStore('file', { url: 'http://pat:secret@127.0.0.1:9/x.git' });
    const failed = await store.refs.read().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'remote', message: expect.stringMatching(/refused|connect/i) });
    expect(String((failed as Error).message)).not.toContain('secret');
  });

  it('names a remote without main', async () => {
    const store = await openStore('file', { branch: 'trunk' });
    await expect(store.refs.read()).rejects.toMatchObject({
      code: 'repository',
      message: 'The remote has no branch trunk.',
    });
  });

  it('asks again after a hiccup', async () => {
    const store = await openStore('http');
    store.http!.behave('service=git-upload-pack', 'refuse', 2);
    expect((await store.refs.read()).main).toBe(store.main());
  });
});

describe('the last state', () => {
  it('falls back to what the person fetched, then to their own main, and says that its age is unknown', async () => {
    const store = await openStore('file', { name: 'origin' });
    const fetched = store.main();
    const own = store.repo.commit('feat: not pushed', { 'a.txt': 'a' });
    advance(store, 'b.txt');
    const nothing = { tasks: new Map(), pause: null, age: Number.POSITIVE_INFINITY };
    expect(await store.refs.last()).toEqual({ main: fetched, ...nothing });
    store.repo.git('remote', 'remove', 'origin');
    expect(await store.refs.last()).toEqual({ main: own, ...nothing });
    await store.refs.read();
    expect((await store.refs.last()).main).toBe(store.main());
    expect((await store.refs.last()).age).toBeLessThan(60_000);
  });

  it('is not another remote’s', async () => {
    const store = await openStore('file');
    await store.refs.read();
    const other = await storeOf(store.sandbox, store.repo, store.shared, 'file:///elsewhere.git');
    expect((await other.refs.last()).age).toBe(Number.POSITIVE_INFINITY);
  });

  it('writes nothing and asks nobody', async () => {
    const box = sandbox();
    const bare = box.bare('remote.git');
    const repo = box.repo('work');
    repo.git('push', '-q', bare.root, 'main');
    const system = box.system();
    const calls: string[] = [];
    const git: GitDoor = {
      ...system.git,
      text: (place, args, options) => {
        calls.push(args[0]!);
        return system.git.text(place, args, options);
      },
    };
    const store = await storeOf(box, repo, bare, `file://${bare.root}`, null, {}, { ...system, git });
    calls.length = 0;
    await store.refs.last();
    expect(calls).toEqual(['for-each-ref']);
    expect(repo.exists('.git/rota')).toBe(false);
  });
});

function change(id: string, from: string | null, to: string | null): RefChange {
  return { ref: taskRef(taskKey(id)), from, to };
}

function shared({ shared: repo }: TestStore, ref: string): string | null {
  return repo.git('for-each-ref', '--format=%(objectname)', ref) || null;
}

/** Somebody else moves the shared main on by one commit. */
function advance({ shared: bare }: TestStore, file: string): void {
  const blob = bare.git('hash-object', '-w', `${bare.root}/HEAD`);
  const main = bare.git('rev-parse', MAIN);
  const others = bare
    .git('ls-tree', main)
    .split('\n')
    .map((line) => line.replace(/^\d+ blob (\S+)\t(.*)$/, '$1 $2'));
  const env = ['-c', 'user.name=Other', '-c', 'user.email=other@example.org'];
  const trees = [...others, `${blob} ${file}`].map((line) => `100644,${line.replace(' ', ',')}`);
  const index = ['-c', 'core.bare=true'];
  bare.git(...index, 'read-tree', '--empty');
  for (const tree of trees) bare.git(...index, 'update-index', '--add', '--cacheinfo', tree);
  const commit = bare.git(...env, 'commit-tree', bare.git('write-tree'), '-p', main, '-m', `feat: ${file}`);
  bare.git('update-ref', MAIN, commit, main);
}

/** A record that only this repository has, under a ref that can be fetched. */
function keep({ repo }: TestStore, token: string): string {
  repo.git('update-ref', 'refs/heads/theirs', token);
  return 'refs/heads/theirs';
}

function pushes({ http }: TestStore): number {
  return http!.requests.filter((request) => request === 'POST /git-receive-pack').length;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resume) => setTimeout(resume, 1));
}

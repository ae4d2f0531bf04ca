import { describe, expect, it } from 'vitest';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { moveMainRemotely } from '../../../src/store/refs/move-main-remotely.ts';
import { openStore, type TestStore } from './open-store.ts';

import { A1, advance, change, MAIN, shared } from './ref-changes.ts';

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

  it('takes nothing, not even a single ref, where pushes are not all or nothing', async () => {
    const store = await openStore('file');
    store.shared.git('config', 'receive.advertiseAtomic', 'false');
    const result = await store.refs.swap([change('A1', null, await store.record('A1'))]);
    expect(result).toEqual({
      kind: 'rejected',
      reason: expect.stringContaining('does not support --atomic'),
    });
    expect(shared(store, taskRef(A1))).toBeNull();
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

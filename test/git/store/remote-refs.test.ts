import { describe, expect, it } from 'vitest';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import type { RefChange } from '../../../src/store/shared-refs.ts';
import type { GitDoor } from '../../../src/system/ports.ts';
import { sandbox } from '../../support/repo.ts';
import { openStore, storeOf } from './open-store.ts';

import { A1, advance, change, MAIN } from './ref-changes.ts';

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
    // Walking the history in the neutral directory ends where it ends in the clone.
    expect(await store.system.git.text(store.neutral.place, ['rev-list', '--count', old])).toBe('1');
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

  it('says which disk is full', async () => {
    const store = await openStore('file');
    const { system } = store;
    const full: GitDoor = {
      ...system.git,
      run: async (place, args, options) =>
        args[0] === 'fetch'
          ? { code: 128, stdout: Buffer.from(''), stderr: 'fatal: write error: No space left on device\n' }
          : system.git.run(place, args, options),
    };
    const other = await storeOf(
      store.sandbox,
      store.repo,
      store.shared,
      store.url,
      null,
      {},
      { ...system, git: full },
    );
    await expect(other.refs.read()).rejects.toMatchObject({
      code: 'files',
      message: expect.stringContaining('No space'),
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

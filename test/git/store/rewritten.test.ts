import { expect, it } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import type { GitDoor } from '../../../src/system/ports.ts';
import { sandbox } from '../../support/repo.ts';
import { openStore, storeOf, type TestStore } from './open-store.ts';
import { advance, MAIN } from './ref-changes.ts';

const SEEN = 'refs/rota/seen/heads/main';

/** Somebody forces main to a commit that has not the last one in its history. */
function rewrite({ shared }: TestStore): { readonly old: string; readonly now: string } {
  const old = shared.git('rev-parse', MAIN);
  const env = ['-c', 'user.name=Other', '-c', 'user.email=other@example.org'];
  const now = shared.git(...env, 'commit-tree', '-m', 'feat: another history', `${old}^{tree}`);
  shared.git('update-ref', MAIN, now);
  return { old, now };
}

it('says that main was rewritten, again and again, until a person has said that it was meant', async () => {
  const store = await openStore('file');
  await store.refs.read();
  const { old, now } = rewrite(store);
  for (const _ of [1, 2]) {
    const failed = await store.refs.read().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RotaError);
    expect(failed).toMatchObject({
      code: 'rewritten',
      exit: 3,
      message: expect.stringContaining(old.slice(0, 10)),
    });
    expect((failed as RotaError).hint).toContain(
      `git push --force-with-lease=main:${now} <remote> ${old}:${MAIN}`,
    );
    expect(store.repo.git('rev-parse', SEEN)).toBe(old);
    expect((await store.refs.last()).main).toBe(old);
  }
  store.repo.git('update-ref', '-d', SEEN);
  expect((await store.refs.read()).main).toBe(now);
  advance(store, 'b.txt');
  expect((await store.refs.read()).main).toBe(store.main());
});

it('says so, too, when main was only put back', async () => {
  const store = await openStore('file');
  const old = store.main();
  advance(store, 'b.txt');
  await store.refs.read();
  store.shared.git('update-ref', MAIN, old);
  await expect(store.refs.read()).rejects.toMatchObject({ code: 'rewritten' });
});

it('believes no single answer of a server that lags behind', async () => {
  const box = sandbox();
  const bare = box.bare('remote.git');
  const repo = box.repo('work');
  repo.git('push', '-q', bare.root, 'main');
  const system = box.system();
  let lag: { readonly old: string; readonly now: string } | null = null;
  const git: GitDoor = {
    ...system.git,
    run: async (place, args, options) => {
      const behind = args[0] === 'fetch' ? lag : null;
      if (behind === null) return system.git.run(place, args, options);
      lag = null;
      bare.git('update-ref', MAIN, behind.old);
      const said = await system.git.run(place, args, options);
      bare.git('update-ref', MAIN, behind.now);
      return said;
    },
  };
  const store = await storeOf(box, repo, bare, `file://${bare.root}`, null, {}, { ...system, git });
  const old = store.main();
  advance(store, 'b.txt');
  await store.refs.read();
  // A record makes it fetch, whatever main is.
  store.shared.git('update-ref', 'refs/rota/tasks/A1', old);
  lag = { old, now: store.main() };
  expect((await store.refs.read()).main).toBe(store.main());
  expect(lag).toBe(null);
});

it('cannot tell in a shallow clone, nor of another remote', async () => {
  const store = await openStore('file');
  await store.refs.read();
  rewrite(store);
  const shallow = store.repo.git('rev-parse', '--git-path', 'shallow');
  store.repo.write(shallow, `${store.repo.git('rev-parse', 'main')}\n`);
  await expect(store.refs.read()).resolves.toMatchObject({ main: store.main() });

  const one = await openStore('file');
  await one.refs.read();
  const bare = one.sandbox.bare('other.git');
  one.sandbox.repo('unrelated').git('push', '-q', bare.root, 'main');
  const other = await storeOf(one.sandbox, one.repo, bare, `file://${bare.root}`);
  await expect(other.refs.read()).resolves.toMatchObject({ main: other.main() });
});

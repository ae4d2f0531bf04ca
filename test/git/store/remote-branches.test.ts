import { expect, it } from 'vitest';
import { remoteBranches } from '../../../src/store/refs/branches.ts';
import { openStore, type TestStore } from './open-store.ts';
import { shared } from './ref-changes.ts';

const REF = 'refs/heads/ai/developer/A1-x';

function opened(store: TestStore) {
  const url = store.shared.root;
  return remoteBranches(store.system, store.repository, store.neutral, { name: 'origin', url, pushUrl: url });
}

it('a branch that others moved since it was asked for is not overwritten, not even deleted', async () => {
  const store = await openStore('file');
  const branches = opened(store);
  const first = store.repo.commit('feat: ours', { 'a.txt': 'a' });
  expect(await branches.tip(REF)).toBeNull();
  const theirs = store.shared.git('commit-tree', '-m', 'theirs', '-p', 'main', 'main^{tree}');
  store.shared.git('update-ref', REF, theirs);
  expect(await branches.push(REF, first)).toContain('has commits that are not here');
  expect(await branches.remove(REF, first)).toContain('has commits that are not here');
  expect(shared(store, REF)).toBe(theirs);
});

it('a branch that others moved to where ours began goes on from there', async () => {
  const store = await openStore('file');
  const branches = opened(store);
  const base = store.main();
  const tip = store.repo.commit('feat: ours', { 'a.txt': 'a' });
  expect(await branches.tip(REF)).toBeNull();
  store.shared.git('update-ref', REF, base);
  expect(await branches.push(REF, tip)).toBeNull();
  expect(shared(store, REF)).toBe(tip);
  store.shared.git('update-ref', REF, base);
  expect(await branches.remove(REF, tip)).toBeNull();
  expect(shared(store, REF)).toBeNull();
});

it('a branch that others deleted since is put there again, and one that is gone counts as removed', async () => {
  const store = await openStore('file');
  const branches = opened(store);
  const first = store.repo.commit('feat: ours', { 'a.txt': 'a' });
  expect(await branches.push(REF, first)).toBeNull();
  store.shared.git('update-ref', '-d', REF);
  const second = store.repo.commit('feat: more', { 'b.txt': 'b' });
  expect(await branches.push(REF, second)).toBeNull();
  expect(shared(store, REF)).toBe(second);
  store.shared.git('update-ref', '-d', REF);
  expect(await branches.remove(REF, second)).toBeNull();
});

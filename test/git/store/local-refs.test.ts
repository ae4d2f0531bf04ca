import { describe, expect, it } from 'vitest';
import { localRefs } from '../../../src/store/refs/local.ts';
import { openStore } from './open-store.ts';

describe('the shared refs of a repository without a remote', () => {
  it('never move main, whatever the other changes are', async () => {
    const { refs, record, main, repo } = await openStore('local');
    const before = main();
    const next = repo.git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'feat: next');
    const token = await record('A1');
    const changes = [
      { ref: 'refs/rota/tasks/A1', from: null, to: token },
      { ref: 'refs/heads/main', from: before, to: next },
    ];
    await expect(refs.swap(changes)).rejects.toThrow('only moveMain moves it');
    expect(repo.git('for-each-ref', '--format=%(refname) %(objectname)')).toBe(`refs/heads/main ${before}`);
  });

  it('name a main that is not there', async () => {
    const { system, repository } = await openStore('local');
    const refs = localRefs(system, repository, 'trunk');
    await expect(refs.read()).rejects.toMatchObject({
      code: 'repository',
      message: expect.stringContaining('no branch trunk'),
    });
  });
});

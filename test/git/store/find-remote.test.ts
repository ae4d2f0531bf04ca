import { describe, expect, it } from 'vitest';
import { findRemote } from '../../../src/store/refs/find-remote.ts';
import { openRepository } from '../../../src/store/repository.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';

const URL = 'https://example.org/x.git';

describe('finding the remote', () => {
  it('is origin when there is one and nothing is configured, else none', async () => {
    const repo = sandbox().repo('work');
    expect(await find(repo, undefined)).toBeNull();
    repo.git('remote', 'add', 'origin', URL);
    expect(await find(repo, undefined)).toEqual({ name: 'origin', url: URL, pushUrl: URL });
    expect(await find(repo, null)).toBeNull();
  });

  it('must be there when it is named', async () => {
    const repo = sandbox().repo('work');
    repo.git('remote', 'add', 'origin', URL);
    await expect(find(repo, 'hub')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('"hub"'),
    });
  });

  it('takes its name as a name, not as a pattern', async () => {
    const repo = sandbox().repo('work');
    repo.git('remote', 'add', 'a-b', URL);
    repo.git('config', 'remote.a+(b].url', 'https://example.org/odd.git');
    await expect(find(repo, 'a.b')).rejects.toMatchObject({ code: 'config' });
    await expect(find(repo, '.*')).rejects.toMatchObject({ code: 'config' });
    expect(await find(repo, 'a+(b]')).toMatchObject({ url: 'https://example.org/odd.git' });
  });

  it('pushes to the push URL, and only to one', async () => {
    const repo = sandbox().repo('work');
    repo.git('remote', 'add', 'origin', URL);
    repo.git('config', 'remote.origin.pushurl', 'git@example.org:x.git');
    expect(await find(repo, 'origin')).toEqual({
      name: 'origin',
      url: URL,
      pushUrl: 'git@example.org:x.git',
    });
    repo.git('config', '--add', 'remote.origin.pushurl', URL);
    await expect(find(repo, 'origin')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('2 places'),
    });
  });

  it('reads a relative path from the repository, as git does', async () => {
    const box = sandbox();
    const repo = box.repo('work');
    repo.git('remote', 'add', 'origin', '../remote.git');
    expect(await find(repo, undefined)).toMatchObject({ url: `${box.folder}/remote.git` });
    for (const url of ['host:path/x.git', 'ssh://host/x', '/abs/x.git', 'file:///x']) {
      repo.git('config', 'remote.origin.url', url);
      expect(await find(repo, undefined)).toMatchObject({ url });
    }
  });
});

async function find(repo: TestRepo, configured: string | null | undefined) {
  const system = repo.sandbox.system();
  return findRemote(system, await openRepository(system, repo.root), configured);
}

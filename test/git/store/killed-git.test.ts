import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRepository } from '../../../src/store/repository.ts';
import { sandbox } from '../../support/repo.ts';

it('a git that is killed while it looks for the repository does not mean that there is none', async () => {
  const box = sandbox();
  const repo = box.repo('work');
  const bin = join(box.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho ${repo.root}/.git\nkill -9 $$\n`);
  chmodSync(join(bin, 'git'), 0o755);
  const system = box.system();
  const variables = { ...box.env, PATH: `${bin}:${box.env['PATH']}` };
  const killed = { ...system, environment: { ...system.environment, variables } };
  await expect(openRepository(killed, repo.root)).rejects.toMatchObject({
    code: 'git',
    message: `git rev-parse was killed in ${repo.root}.`,
  });
  await expect(openRepository(system, repo.root)).resolves.toMatchObject({ root: repo.root, bare: false });
});

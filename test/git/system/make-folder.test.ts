import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';

test('folders that others make and remove at the same time: never an error', async () => {
  const { folder, system } = sandbox();
  const { files } = system();
  const path = join(folder, 'a/b/c');
  let made = 0;
  const worker = async () => {
    for (let n = 0; n < 150; n++) {
      await files.makeFolder(path);
      made++;
      for (const one of [path, join(folder, 'a/b'), join(folder, 'a')])
        await files.removeFolder(one).catch(() => undefined);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(made).toBe(450);
});

test('a file in the way is named at once', async () => {
  const { folder, system } = sandbox();
  const { files } = system();
  await files.write(join(folder, 'a'), 'a file');
  await expect(files.makeFolder(join(folder, 'a'))).rejects.toThrow('cannot be made (EEXIST)');
  await expect(files.makeFolder(join(folder, 'a/b'))).rejects.toThrow('cannot be made');
  await files.symlink(join(folder, 'nothing'), join(folder, 'link'));
  await expect(files.makeFolder(join(folder, 'link'))).rejects.toThrow('cannot be made (EEXIST)');
  expect(existsSync(join(folder, 'nothing'))).toBe(false);
});

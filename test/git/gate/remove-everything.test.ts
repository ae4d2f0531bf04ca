import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { removeEverything } from '../../../src/run/gate/remove-everything.ts';
import { sandbox } from '../../support/repo.ts';

test('folders that a gate made read-only are made writable first; links are not followed', async () => {
  const box = sandbox();
  const { files } = box.system();
  const folder = join(box.folder, 'gate');
  const outside = join(box.folder, 'outside');
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  mkdirSync(outside, { mode: 0o555 });
  symlinkSync(outside, join(folder, 'a/link'));
  await files.chmod(join(folder, 'a'), 0o555);
  const denied = async (path: string) => {
    // As for a user who is not root.
    if ((statSync(join(path, 'a')).mode & 0o200) === 0) throw new RotaError('files', 'permission denied');
    await files.removeTree(path);
  };
  await removeEverything({ ...files, removeTree: denied }, folder);
  expect(existsSync(folder)).toBe(false);
  expect(statSync(outside).mode & 0o777).toBe(0o555);
});

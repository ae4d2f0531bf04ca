import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { prune } from '../../../src/run/sweep/prune.ts';
import { openResultDesk } from '../../../src/run/workplace/result-desk.ts';
import type { Files } from '../../../src/system/ports.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';

const RUN = '01JD0000000000000000000001';

async function desk(changes: (files: Files) => Partial<Files> = () => ({})) {
  const at = await openTestProject();
  const { repository, system: real } = at.project;
  const folder = await openRunFolder(real, repository, {
    run: RUN,
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  const system = { ...real, files: { ...real.files, ...changes(real.files) } };
  const opened = await openResultDesk(system, repository, RUN, folder);
  const outside = join(at.repo.sandbox.folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'result.md'), 'of a person');
  return { ...at, folder, desk: opened, place: dirname(opened.file), outside };
}

/** As between a cache and a repository on different disks. */
const otherDisk = (files: Files): Partial<Files> => ({
  rename: async (from, to) => {
    if (dirname(from) !== dirname(to)) throw Object.assign(new Error('cross-device'), { code: 'EXDEV' });
    await files.rename(from, to);
  },
});

test('it is not below a .git, is there, and is gone afterwards', async () => {
  const { desk: opened, place } = await desk();
  expect(opened.file.split('/')).not.toContain('.git');
  expect(readdirSync(place)).toEqual([]);
  await opened.close();
  expect(existsSync(place)).toBe(false);
});

test.each([
  ['same disk', undefined],
  ['other disk', otherDisk],
] as const)('a result comes into the folder of its run, whole: %s', async (_what, changes) => {
  const { desk: opened, folder } = await desk(changes);
  expect(await opened.collect()).toEqual([]);
  expect(existsSync(folder.resultFile)).toBe(false);
  writeFileSync(opened.file, '---\noutcome: done\n---\n');
  expect(await opened.collect()).toEqual([]);
  expect(readFileSync(folder.resultFile, 'utf8')).toBe('---\noutcome: done\n---\n');
  await opened.clear();
  expect(existsSync(opened.file)).toBe(false);
});

test.each([
  ['same disk', undefined],
  ['other disk', otherDisk],
] as const)('what stands where it comes to gives way: %s', async (_what, changes) => {
  const { desk: opened, folder } = await desk(changes);
  mkdirSync(join(folder.resultFile, 'x'), { recursive: true });
  writeFileSync(opened.file, 'mine');
  expect(await opened.collect()).toEqual([]);
  expect(readFileSync(folder.resultFile, 'utf8')).toBe('mine');
});

test.each([
  ['same disk', undefined],
  ['other disk', otherDisk],
] as const)('a link in the place of the result is never followed: %s', async (_what, changes) => {
  const { desk: opened, folder, outside } = await desk(changes);
  symlinkSync(join(outside, 'result.md'), opened.file);
  expect(await opened.collect()).toEqual([]);
  const facts = await (await openTestProject()).project.system.files.facts(folder.resultFile);
  expect(facts?.kind).not.toBe('file');
  expect(facts).not.toBe(null);
  expect(readFileSync(join(outside, 'result.md'), 'utf8')).toBe('of a person');
});

test.each(['its folder', 'the folder above it'])(
  'a link in the place of %s: said, and nothing there is read, moved or removed',
  async (what) => {
    const { desk: opened, place, folder, outside } = await desk();
    const replaced = what === 'its folder' ? place : dirname(place);
    if (replaced !== place) {
      mkdirSync(join(outside, RUN));
      writeFileSync(join(outside, RUN, 'result.md'), 'of a person');
    }
    renameSync(replaced, `${replaced}-moved`);
    symlinkSync(outside, replaced);
    expect(await opened.collect()).toEqual([expect.stringContaining('was replaced by a symbolic link')]);
    await opened.clear();
    await opened.close();
    expect(existsSync(folder.resultFile)).toBe(false);
    const theirs = replaced === place ? outside : join(outside, RUN);
    expect(readFileSync(join(theirs, 'result.md'), 'utf8')).toBe('of a person');
  },
);

test('an agent that removed the folder has no result', async () => {
  const { desk: opened, place } = await desk();
  rmSync(place, { recursive: true });
  expect(await opened.collect()).toEqual([]);
  await opened.clear();
  await opened.close();
});

test('where the cache cannot be written it is in the temporary folder', async () => {
  const { desk: opened, repo } = await desk((files) => ({
    makeFolder: async (path) => {
      if (path.includes('/results/')) throw new RotaError('files', 'read-only');
      await files.makeFolder(path);
    },
  }));
  expect(opened.file).toMatch(new RegExp(`/rota-result-${process.pid}-[^/]+/result\\.md$`));
  expect(opened.file.startsWith(repo.root)).toBe(false);
  await opened.close();
  expect(existsSync(dirname(opened.file))).toBe(false);
});

test('what a run that died left is pruned after a week, not before', async () => {
  const { place, project } = await desk();
  const old = join(dirname(place), 'OLD');
  mkdirSync(old);
  writeFileSync(join(old, 'result.md'), 'x');
  const eightDays = Date.now() / 1000 - 8 * 24 * 60 * 60;
  utimesSync(old, eightDays, eightDays);
  expect(await prune(project)).toMatchObject({ kept: [] });
  expect(existsSync(old)).toBe(false);
  expect(statSync(place).isDirectory()).toBe(true);
});

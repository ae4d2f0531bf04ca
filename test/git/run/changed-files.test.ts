import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readChangedFiles } from '../../../src/run/land/changed-files.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

type Files = Record<string, string | Buffer | null>;

/** What changed between two sets of files, by path. */
async function changed(before: Files, after: Files) {
  const { project, make, gitIn } = await openTestProject();
  const { path } = await make();
  const commit = (files: Files) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      if (content === null) gitIn(path, 'rm', '-q', name);
      else writeFileSync(join(path, name), content);
    }
    gitIn(path, 'add', '-A');
    gitIn(path, 'commit', '-qm', 'x', '--allow-empty');
    return gitIn(path, 'rev-parse', 'HEAD');
  };
  const from = commit(before);
  const files = await readChangedFiles(project, from, commit(after));
  return new Map(files.map((file) => [file.path, file]));
}

const TEN = Array.from({ length: 10 }, (_, at) => `line ${at}\n`).join('');

test('lines and sizes of what was added, changed, moved and deleted', async () => {
  const found = await changed(
    { 'a.txt': TEN, 'b.txt': `b${TEN}`, 'c.txt': `c${TEN.repeat(20)}` },
    {
      'a.txt': `${TEN}more\n`,
      'b.txt': null,
      'c.txt': null,
      'd/c.txt': `c${TEN.repeat(20)}x\n`,
      'e\tä\n.txt': 'e',
    },
  );
  const facts = [...found.values()].map(({ path, from, added, removed, oldSize, newSize }) => [
    path,
    ...[from, added, removed, oldSize, newSize],
  ]);
  expect(facts.sort()).toEqual([
    ['a.txt', null, 1, 0, 70, 75],
    ['b.txt', null, 0, 10, 71, null],
    ['d/c.txt', 'c.txt', 1, 0, 1401, 1403],
    ['e\tä\n.txt', null, 1, 0, null, 1],
  ]);
});

test('attributes of the branch hide no line: they are nothing to git here', async () => {
  const found = await changed({}, { '.gitattributes': '* -diff binary\n', 'a.txt': TEN });
  expect(found.get('a.txt')).toMatchObject({ added: 10, newText: TEN });
});

test('a binary file has no lines and no text, and can be searched all the same', async () => {
  const utf16 = Buffer.from('\ufeffkey = ghp', 'utf16le');
  const found = await changed(
    {},
    { 'a.bin': Buffer.from('\0key = ghp'), 'le.txt': utf16, 'be.txt': Buffer.from(utf16).swap16() },
  );
  expect(found.get('a.bin')).toMatchObject({ added: null, newText: null, newBinary: '\0key = ghp' });
  expect(found.get('le.txt')).toMatchObject({ newText: null, newBinary: '\ufeffkey = ghp' });
  expect(found.get('be.txt')).toMatchObject({ newText: null, newBinary: '\ufeffkey = ghp' });
});

test('what is too large is known by its size only', async () => {
  const found = await changed(
    {},
    { 'big.txt': Buffer.alloc(16 * 1024 * 1024 + 1, 'a\n'), 'small.txt': 'x\n' },
  );
  expect(found.get('big.txt')).toMatchObject({
    newText: null,
    newSize: 16_777_217,
    unread: true,
    added: null,
  });
  expect(found.get('small.txt')).toMatchObject({ newText: 'x\n', unread: false, added: 1 });
});

test('of too much in all, the smallest are read', async () => {
  const large = (seed: number) => Buffer.alloc(15 * 1024 * 1024 + seed, `${seed}\n`);
  const found = await changed(
    {},
    Object.fromEntries([1, 2, 3, 4, 5].map((seed) => [`${seed}.txt`, large(seed)])),
  );
  expect([...found.values()].map(({ unread }) => unread)).toEqual([false, false, false, false, true]);
});

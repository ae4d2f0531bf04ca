import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { GitPlace, System } from '../../../src/system/ports.ts';
import { sandbox } from '../../support/repo.ts';
import { until } from '../../support/until.ts';

test('objects of every kind, in the order asked; what is not there, or has a line break, is null', async () => {
  const { system, place, repo } = scene({ 'a.txt': 'A\n', 'päth with space.txt': 'B', 'empty.txt': '' });
  const found = await system.git.objects(place, 'contents', [
    'main:a.txt',
    'main:nope',
    'main:päth with space.txt',
    'main:a.txt\nmain:a.txt',
    'main:empty.txt',
    '',
    'f'.repeat(40),
    'main:',
    'main',
  ]);
  expect(found.map((object) => object?.type ?? null)).toEqual([
    ...['blob', null, 'blob', null, 'blob', null, null, 'tree', 'commit'],
  ]);
  expect([0, 2, 4].map((at) => found[at]!.content.toString())).toEqual(['A\n', 'B', '']);
  expect(found[8]!.oid).toBe(repo.git('rev-parse', 'main'));
  const [info] = await system.git.objects(place, 'info', ['main:a.txt']);
  expect(info).toEqual({ oid: found[0]!.oid, type: 'blob', size: 2, content: Buffer.alloc(0) });
});

test('many questions at once, large and small, each get their own answers', async () => {
  const large = Buffer.alloc(3_000_000, 'x\n');
  const { system, place } = scene({ 'large.txt': large.toString(), 'a.txt': 'A', 'b.txt': 'B' });
  const asked = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      system.git.objects(place, n % 2 === 0 ? 'contents' : 'info', [
        ...[`main:${n % 3 === 0 ? 'large' : 'a'}.txt`, 'main:b.txt', 'main:nope'],
      ]),
    ),
  );
  for (const [n, [first, second, third]] of asked.entries()) {
    expect([first!.size, second!.size, third]).toEqual([n % 3 === 0 ? large.length : 1, 1, null]);
    if (n % 6 === 0) expect(first!.content.equals(large)).toBe(true);
  }
});

test('what was written since, by somebody else, is there', async () => {
  const { system, place, repo } = scene({ 'a.txt': 'A' });
  const before = await system.git.objects(place, 'contents', ['refs/heads/main', 'refs/heads/other']);
  repo.commit('feat: more', { 'b.txt': 'B' });
  repo.git('branch', 'other');
  repo.git('repack', '-q', '-a', '-d');
  repo.git('pack-refs', '--all');
  const after = await system.git.objects(place, 'contents', [
    'refs/heads/main',
    'refs/heads/other',
    'main:b.txt',
  ]);
  expect(before[1]).toBeNull();
  expect(after[0]!.oid).not.toBe(before[0]!.oid);
  expect([after[1]!.oid, after[2]!.content.toString()]).toEqual([repo.git('rev-parse', 'other'), 'B']);
});

test('a reader that somebody ends is started again', async () => {
  const { system, place, repo } = scene({ 'a.txt': 'A' });
  const ask = () => system.git.objects(place, 'contents', ['main:a.txt']);
  expect((await ask())[0]!.content.toString()).toBe('A');
  const [pid] = readersOf(repo.root);
  process.kill(pid!, 'SIGKILL');
  const answers = await Promise.all([ask(), ask()]);
  expect(answers.map(([object]) => object!.content.toString())).toEqual(['A', 'A']);
});

test('it ends when nothing is asked for a while', async () => {
  const { system, place, repo } = scene({ 'a.txt': 'A' });
  await system.git.objects(place, 'info', ['main']);
  expect(readersOf(repo.root)).toHaveLength(1);
  await until(() => readersOf(repo.root).length === 0, 'the reader did not end');
});

test('no repository: it says what git says', async () => {
  const { system, repo } = scene({ 'a.txt': 'A' });
  const place: GitPlace = { kind: 'repository', gitDir: `${repo.root}/nowhere` };
  await expect(system.git.objects(place, 'info', ['main'])).rejects.toMatchObject({
    code: 'git',
    message: expect.stringMatching(/not a git repository/),
  });
});

test('a damaged object fails those who ask for it, and nobody who asks beside them', async () => {
  const { system, place, repo } = scene({ 'a.txt': 'A', 'damaged.txt': randomBytes(50_000).toString('hex') });
  const oid = repo.git('rev-parse', 'main:damaged.txt');
  const file = join(repo.root, '.git/objects', oid.slice(0, 2), oid.slice(2));
  chmodSync(file, 0o644);
  writeFileSync(file, readFileSync(file).subarray(0, 20_000));
  const ask = (name: string) => system.git.objects(place, 'contents', [name]);
  const [damaged, ...others] = await Promise.allSettled([
    ask('main:damaged.txt'),
    ask('main:a.txt'),
    ask('main'),
  ]);
  expect(damaged).toMatchObject({ status: 'rejected', reason: { code: 'git' } });
  expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
});

test('too many open files: an error that can be caught, not the end of the process', async () => {
  const { repo } = scene({ 'a.txt': 'A' });
  const program = `
    import { openSync } from 'node:fs';
    import { objectReader } from './src/system/object-reader.ts';
    const ask = objectReader({ argv: ['git', 'cat-file'], cwd: '/', env: { PATH: process.env.PATH } });
    try { for (;;) openSync('/dev/null', 'r'); } catch {}
    await ask('info', ['main']).catch((error) => console.log(error.code, error.message));
    await new Promise((done) => setImmediate(done));
    console.log('goes on');`;
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: join(import.meta.dirname, '../../..'), loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'warning' },
  });
  repo.write('ask.mjs', outputFiles[0]!.text);
  const command = ['-c', 'ulimit -n 64; exec "$0" "$1"', process.execPath, join(repo.root, 'ask.mjs')];
  expect(execFileSync('sh', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe(
    'git git cat-file could not be started (EMFILE)\ngoes on\n',
  );
});

function scene(files: Record<string, string>) {
  const box = sandbox();
  const repo = box.repo('project', files);
  const system: System = box.system();
  return { repo, system, place: { kind: 'repository', gitDir: `${repo.root}/.git` } as GitPlace };
}

/** Pids of the `git cat-file` that read in this repository. */
function readersOf(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const text = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'latin1');
        return text('cmdline').includes('\0cat-file\0') && text('environ').includes(`GIT_DIR=${root}/.git\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

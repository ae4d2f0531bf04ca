import { describe, expect, it } from 'vitest';
import { openBacklogCache } from '../../../src/store/backlog/backlog-cache.ts';
import { readBacklog } from '../../../src/store/backlog/read-backlog.ts';
import { readObjects } from '../../../src/store/backlog/read-objects.ts';
import { readFileAt, readFilesAt } from '../../../src/store/backlog/read-text.ts';
import { openRepository } from '../../../src/store/repository.ts';
import type { GitDoor, System } from '../../../src/system/ports.ts';
import { taskKey } from '../../../src/task/id.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';

const task = (title: string) => `---\ntitle: ${title}\nstatus: ready\n---\n`;

describe('the backlog at a commit', () => {
  it('is every markdown file below backlog/, sorted, with the rest left alone', async () => {
    const repo = sandbox().repo('work', {
      'backlog/A2-two.md': task('Two'),
      'backlog/A10-ten.md': task('Ten'),
      'backlog/deep/er/B1-one.md': task('One'),
      'backlog/README.md': '# not a task\n',
      'backlog/picture.png': 'PNG',
      'backlog.md': task('Elsewhere'),
      'docs/backlog/C1-x.md': task('Elsewhere'),
    });
    const { backlog } = await read(repo);
    expect(backlog.tasks.map(({ file, id }) => [file, id])).toEqual([
      ['backlog/A10-ten.md', 'A10'],
      ['backlog/A2-two.md', 'A2'],
      ['backlog/deep/er/B1-one.md', 'B1'],
    ]);
    expect(backlog.files.filter(({ kind }) => kind === 'not-a-task')).toHaveLength(1);
    expect([backlog.problems, backlog.unusable.size]).toEqual([[], 0]);
    expect(backlog.byKey.get(taskKey('A2'))?.title).toBe('Two');
    expect(backlog.at).toBe(repo.git('rev-parse', 'main'));
  });

  it('is empty where there is none', async () => {
    const { backlog } = await read(sandbox().repo('work'));
    expect([backlog.files, backlog.tasks]).toEqual([[], []]);
  });

  it('does not look at any checkout', async () => {
    const repo = sandbox().repo('work', { 'backlog/A1-x.md': task('Committed') });
    repo.write('backlog/A1-x.md', task('Edited'));
    repo.write('backlog/A2-x.md', task('New'));
    repo.git('add', '-A');
    expect((await read(repo)).backlog.tasks.map(({ title }) => title)).toEqual(['Committed']);
  });

  it('names files that share an id, also A1 beside A01 and a malformed one, and goes on', async () => {
    const repo = sandbox().repo('work', {
      'backlog/A1-x.md': task('One'),
      'backlog/sub/A01-y.md': task('Other'),
      'backlog/A2-x.md': task('Two'),
      'backlog/A2-y.md': '---\ntitle: [\n---\n',
      'backlog/A3-x.md': 'no front-matter\n',
      'backlog/A4-x.md': task('Four'),
    });
    const { backlog } = await read(repo);
    expect(backlog.duplicates).toEqual(new Set([taskKey('A1'), taskKey('A2')]));
    expect(backlog.unusable.get(taskKey('A1'))).toBe(
      'backlog/A1-x.md and backlog/sub/A01-y.md have the same id A1',
    );
    expect(backlog.unusable.get(taskKey('A3'))).toMatch(/^backlog\/A3-x\.md:1: no front-matter/);
    expect([...backlog.unusable.keys()].sort()).toEqual(['A1', 'A2', 'A3']);
    expect(backlog.problems.map(({ file }) => file)).toEqual(['backlog/A2-y.md', 'backlog/A3-x.md']);
    expect(backlog.byKey.has(taskKey('A4'))).toBe(true);
  });

  it('names links, submodules and illegible names, and follows none', async () => {
    const repo = sandbox().repo('work', { 'backlog/A1-x.md': task('One') });
    const link = hash(repo, '../../secret');
    const blob = repo.git('rev-parse', 'main:backlog/A1-x.md');
    const main = repo.git('rev-parse', 'main');
    repo.git('update-index', '--add', '--cacheinfo', `120000,${link},backlog/A2-link.md`);
    repo.git('update-index', '--add', '--cacheinfo', `160000,${main},backlog/vendor`);
    repo.git('update-index', '--add', '--cacheinfo', `100644,${blob},backlog/A3-"\t line\nbreak.md`);
    repo.git('commit', '-q', '-m', 'odd', '--no-verify');
    const { backlog } = await read(repo);
    expect(backlog.problems.map(({ file, rule }) => [file, rule])).toEqual([
      ['backlog/A2-link.md', 'symlink'],
      ['backlog/vendor', 'submodule'],
    ]);
    expect(backlog.unusable.has(taskKey('A2'))).toBe(true);
    expect(backlog.tasks.map(({ id }) => id)).toEqual(['A1', 'A3']);
  });

  it.each([
    ['file', '100644'],
    ['link', '120000'],
    ['submodule', '160000'],
  ])('names a backlog that is a %s', async (kind, mode) => {
    const repo = sandbox().repo('work');
    const oid = kind === 'submodule' ? repo.git('rev-parse', 'main') : hash(repo, 'elsewhere');
    repo.git('update-index', '--add', '--cacheinfo', `${mode},${oid},backlog`);
    repo.git('commit', '-q', '-m', 'odd');
    const { backlog } = await read(repo);
    expect(backlog.problems).toHaveLength(1);
    expect(backlog.tasks).toEqual([]);
  });

  it('is an error for a commit that is not there', async () => {
    const repo = sandbox().repo('work');
    await expect(read(repo, 'f'.repeat(40))).rejects.toMatchObject({ code: 'git' });
  });
});

describe('the cache of the backlog', () => {
  it('makes the second reading parse nothing, and gives the same', async () => {
    const repo = sandbox().repo('work', {
      'backlog/A1-x.md': task('One'),
      'backlog/A2-x.md': '---\n[\n---\n',
      'backlog/README.md': '#\n',
    });
    const first = await read(repo);
    const second = await read(repo);
    expect(second.backlog).toEqual(first.backlog);
    expect(first.calls).toEqual(['info', 'contents', 'contents', 'contents']);
    expect(second.calls).toEqual(['info']);
  });

  it('reads only what changed, and forgets what went', async () => {
    const repo = sandbox().repo('work', { 'backlog/A1-x.md': task('One'), 'backlog/A2-x.md': task('Two') });
    await read(repo);
    repo.git('mv', 'backlog/A2-x.md', 'backlog/A3-x.md');
    repo.commit('chore: edit', { 'backlog/A1-x.md': task('Uno') });
    const { backlog } = await read(repo);
    expect(backlog.tasks.map(({ id, title, file }) => [id, title, file])).toEqual([
      ['A1', 'Uno', 'backlog/A1-x.md'],
      ['A3', 'Two', 'backlog/A3-x.md'],
    ]);
    expect((await read(repo, 'main~1')).backlog.tasks.map(({ title }) => title)).toEqual(['One', 'Two']);
  });

  it.each([
    ['torn', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['of another parser', (text: string) => text.replace(/"parser":\d+/, '"parser":0')],
    ['of another shape', () => '{"parser":1,"tree":"x","layouts":[],"rows":[[1,2,3]]}'],
    ['a list', () => '[]'],
    ['nothing', () => 'null'],
  ])('is ignored when it is %s', async (_name, spoil) => {
    const repo = sandbox().repo('work', { 'backlog/A1-x.md': task('One') });
    const { backlog } = await read(repo);
    const system = repo.sandbox.system();
    const { cacheDir } = await openRepository(system, repo.root);
    const file = `${cacheDir}/${(await system.files.list(cacheDir)).find(({ name }) => name.startsWith('backlog-'))!.name}`;
    await system.files.write(file, spoil((await system.files.read(file)).toString()));
    expect((await read(repo)).backlog).toEqual(backlog);
  });

  it('is not needed: a folder that cannot be written changes nothing', async () => {
    const repo = sandbox().repo('work', { 'backlog/A1-x.md': task('One') });
    await repo.sandbox.system().files.write(`${repo.sandbox.env['HOME']}/.cache`, 'in the way');
    expect((await read(repo)).backlog.tasks).toHaveLength(1);
  });

  it('writes nothing into the repository', async () => {
    const repo = sandbox().repo('work', { 'backlog/A1-x.md': task('One') });
    const before = repo.git('count-objects', '-v') + repo.git('status', '--porcelain', '--ignored');
    await read(repo);
    expect(repo.git('count-objects', '-v') + repo.git('status', '--porcelain', '--ignored')).toBe(before);
    expect(repo.exists('.git/rota')).toBe(false);
  });
});

describe('files at a commit', () => {
  it('are read as bytes, together, and those that are not there are left out', async () => {
    const repo = sandbox().repo('work', { 'a.txt': 'a\n', 'dir/b.txt': '', 'c\nd.txt': 'c' });
    const at = await open(repo);
    const found = await readFilesAt(...at, 'main', [
      'a.txt',
      'none',
      'dir',
      'dir/b.txt',
      'c\nd.txt',
      'a.txt',
    ]);
    expect([...found].map(([path, bytes]) => [path, bytes.toString()])).toEqual([
      ['a.txt', 'a\n'],
      ['dir/b.txt', ''],
    ]);
    expect(await readFileAt(...at, 'main', 'none')).toBeNull();
  });

  it('are refused over a limit', async () => {
    const repo = sandbox().repo('work', { 'a.txt': 'a'.repeat(100) });
    const at = await open(repo);
    await expect(readFilesAt(...at, 'main', ['a.txt'], 99)).rejects.toMatchObject({
      message: expect.stringContaining('a.txt'),
    });
  });

  it('are answers in the order of the questions', async () => {
    const repo = sandbox().repo('work', { a: '1', b: 'x missing\n' });
    const [system, repository] = await open(repo);
    const found = await readObjects(system, repository.place, [
      'main:b',
      'main:c',
      'main',
      'main:a',
      'a\nb',
      'main:b',
    ]);
    expect(found.map((bytes) => bytes?.toString() ?? null)).toEqual([
      'x missing\n',
      null,
      null,
      '1',
      null,
      'x missing\n',
    ]);
  });
});

async function open(repo: TestRepo, system: System = repo.sandbox.system()) {
  return [system, await openRepository(system, repo.root)] as const;
}

async function read(repo: TestRepo, commit = 'main') {
  const system = repo.sandbox.system();
  const [, repository] = await open(repo, system);
  const calls: string[] = [];
  const git: GitDoor = {
    ...system.git,
    run: (place, args, options) => {
      calls.push(args[0]!);
      return system.git.run(place, args, options);
    },
    objects: (place, question, names) => {
      calls.push(question);
      return system.git.objects(place, question, names);
    },
  };
  const counted = { ...system, git };
  const backlog = await readBacklog(
    counted,
    repository,
    repo.git('rev-parse', `${commit}^{commit}`.replace(/^(f{40}).*/, '$1')),
    openBacklogCache(counted, repository),
  );
  return { backlog, calls };
}

function hash(repo: TestRepo, text: string): string {
  repo.write('tmp', text);
  return repo.git('hash-object', '-w', 'tmp');
}

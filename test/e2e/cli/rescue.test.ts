import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { scene } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';

const RESCUES = 'refs/rota/rescue/';

/** Everything in the repository and its checkout that a command could have changed. */
function traceOf(repo: TestRepo): string {
  const own = repo.exists('.git/rota') ? readdirSync(join(repo.root, '.git/rota')).sort().join() : '';
  return [repo.git('for-each-ref'), repo.git('status', '--porcelain', '--ignored'), own].join('\n');
}

/** Puts what is in a folder on a rescue ref, as a commit on top of main. */
function keep(repo: TestRepo, name: string, make: (folder: string) => void, message?: string): string {
  const folder = join(repo.sandbox.folder, `made-${name.replaceAll('/', '-')}`);
  const index = join(repo.sandbox.folder, `index-${name.replaceAll('/', '-')}`);
  repo.git('worktree', 'add', '-q', '--detach', folder, 'main');
  make(folder);
  const git = (...args: string[]) => repo.git('-C', folder, ...args);
  git('add', '-A', '-f');
  const tree = git('write-tree');
  const text = message ?? `rescue: what was left in the worktree of ${name.split('/')[0]}`;
  const commit = repo.git('commit-tree', tree, '-p', 'main', '-m', text);
  repo.git('worktree', 'remove', '--force', folder);
  rmSync(index, { force: true });
  repo.git('update-ref', `${RESCUES}${name}`, commit);
  return commit;
}

function project(files: Record<string, string> = {}): TestRepo {
  return sandbox().repo('project', {
    'README.md': '# hello\n',
    'rota.yaml': 'gate: none\nagents: {mine: {command: ["true"], prompt: stdin}}\n',
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: mine\n---\nDo it.\n',
    ...files,
  });
}

describe('what a run left', () => {
  test('ignored files of a landed run are listed, shown and restored, and home stays as it is', async () => {
    const s = await scene({ files: { '.gitignore': '*.log\n' } });
    s.agent.script('A1', [
      {
        write: { 'src/greet.txt': 'HELLO\n', 'trace.log': 'all that happened\n', 'deep/more.log': 'more\n' },
      },
      { result: resultText('outcome: done\nsummary: It greets.') },
    ]);
    const end = await s.run();
    expect(end.doc).toMatchObject({ outcome: 'landed', worktree: null });
    const before = traceOf(s.home);

    const { doc } = await s.rota(['rescue', 'list']);
    expect(doc.rescues).toMatchObject([
      {
        ...{ task: 'A1', kind: 'files', run: end.doc.run, branch: end.doc.branch, problem: null },
        ...{ files: 2, bytes: 23, staged: null },
        worktree: expect.stringContaining('/.worktrees/ai/developer/A1-'),
        name: expect.stringMatching(/^A1\/\d{8}T\d{6}Z$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    ]);
    const [{ name, ref, commit }] = doc.rescues;
    expect(s.home.git('rev-parse', ref)).toBe(commit);
    const words = (await s.home.rota(['rescue', 'list'])).stdout;
    expect(words).toMatch(/^NAME +AGE +FILES +SIZE +FROM$/m);
    expect(words).toMatch(new RegExp(`^${name} +\\d+ (s|min) +2 +23 B +ai/developer/A1-`, 'm'));

    const shown = await s.rota(['rescue', 'show', 'A1']);
    expect(shown.doc.files).toEqual([
      {
        path: 'deep/more.log',
        change: 'added',
        mode: '100644',
        bytes: 5,
        insertions: 1,
        deletions: 0,
        same: false,
      },
      {
        path: 'trace.log',
        change: 'added',
        mode: '100644',
        bytes: 18,
        insertions: 1,
        deletions: 0,
        same: false,
      },
    ]);
    expect(shown.doc.against).toMatchObject({ name: 'main', files: expect.any(Number) });
    expect((await s.home.rota(['rescue', 'show', name])).stdout).toMatch(
      /^added +18 B +\+1 -0 +trace\.log$/m,
    );
    expect(traceOf(s.home)).toBe(before);

    const to = join(s.box.folder, 'back');
    const restored = await s.rota(['rescue', 'restore', 'A1', '--to', '../back']);
    expect(restored).toMatchObject({ code: 0, doc: { folder: to, commit, links: [] } });
    expect(readFileSync(join(to, 'trace.log'), 'utf8')).toBe('all that happened\n');
    expect(readFileSync(join(to, 'deep/more.log'), 'utf8')).toBe('more\n');
    expect(readFileSync(join(to, 'src/greet.txt'), 'utf8')).toBe('HELLO\n');
    expect(existsSync(join(to, '.git'))).toBe(false);
    expect(traceOf(s.home)).toBe(before);

    const branch = await s.rota(['rescue', 'restore', 'A1']);
    expect(branch).toMatchObject({ code: 0, doc: { restored: `rescue/${name}` } });
    expect(s.home.git('rev-parse', `refs/heads/rescue/${name}`)).toBe(commit);
  });

  test('what moving main held aside is named: old versions, and saves that came late', async () => {
    const s = await scene();
    s.agent.script('A1', [{ write: { 'src/greet.txt': 'HELLO\n' } }]);
    expect((await s.run()).doc.outcome).toBe('landed');
    const { doc } = await s.rota(['rescue', 'list']);
    const old = doc.held.find(({ path }: { path: string }) => path === join(s.home.root, 'src/greet.txt'));
    expect(old).toMatchObject({ changed: false, bytes: 6 });
    expect(readFileSync(old.kept, 'utf8')).toBe('hello\n');
    expect((await s.home.rota(['rescue', 'list'])).stdout).toContain('Old versions, held for a day');

    // An editor that had the file open saves into it.
    writeFileSync(old.kept, 'hello, as I saved it\n');
    const after = (await s.rota(['rescue', 'list'])).doc;
    expect(after.held.filter(({ changed }: { changed: boolean }) => changed)).toMatchObject([
      { path: old.path, kept: old.kept, bytes: 21 },
    ]);
    const words = (await s.home.rota(['rescue', 'list'])).stdout;
    expect(words).toContain(`${old.path} 21 B\n    ${old.kept}`);
  });

  test('commits that no branch had are told with what the sweep noted about them', async () => {
    const repo = project();
    const name = 'A1/20261121T010101Z';
    keep(repo, name, (folder) => writeFileSync(join(folder, 'x.txt'), 'x\n'), 'feat: mine\n\nRun: FORGED');
    const noted = { action: 'rescued', task: 'A1', run: 'R1', branch: 'ai/developer/A1-x', worktree: '/w' };
    const line = { at: '2026-11-21T01:01:01.000Z', by: 'pat@host', ...noted, rescue: RESCUES + name };
    repo.write('.git/rota/sweeps.jsonl', `torn{\n${JSON.stringify({ ...line, reason: 'kept' })}\n`);
    expect((await repo.json(['rescue', 'list'])).rescues).toMatchObject([
      { name, kind: 'commits', run: 'R1', branch: 'ai/developer/A1-x', worktree: '/w', files: 1, bytes: 2 },
    ]);
    expect(await repo.json(['rescue', 'show', 'A1'])).toMatchObject({
      onlyHere: 1,
      against: { name: 'main' },
    });
    rmSync(join(repo.root, '.git/rota/sweeps.jsonl'));
    // Its message is the agent's: nothing in it is believed.
    expect((await repo.json(['rescue', 'list'])).rescues).toMatchObject([{ run: null, branch: null }]);
    repo.git('update-ref', 'refs/heads/main', `${RESCUES}${name}`);
    expect(await repo.json(['rescue', 'show', 'A1'])).toMatchObject({ onlyHere: 0, files: [{ same: true }] });
  });
});

describe('restoring', () => {
  test('modes and links are as they were, no link is followed, and names cannot steer the terminal', async () => {
    const repo = project();
    const canary = join(repo.sandbox.folder, 'canary');
    mkdirSync(canary);
    const evil = 'a\u001b]0;owned\u0007\u202Eb.txt';
    keep(repo, 'A1/20261121T010101Z', (folder) => {
      writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n');
      chmodSync(join(folder, 'run.sh'), 0o755);
      writeFileSync(join(folder, 'with space é.txt'), 'x\n');
      writeFileSync(join(folder, evil), 'x\n');
      writeFileSync(join(folder, 'bytes.bin'), Buffer.from([0, 1, 255, 10, 13]));
      symlinkSync('README.md', join(folder, 'near'));
      symlinkSync(canary, join(folder, 'far'));
      symlinkSync('../../../etc', join(folder, 'up'));
    });
    const to = join(repo.sandbox.folder, 'back');
    const ran = await repo.rota(['rescue', 'restore', 'A1', '--to', to]);
    expect(ran).toMatchObject({ code: 0 });
    expect(lstatSync(join(to, 'run.sh')).mode & 0o111).toBe(0o111 & ~process.umask());
    expect(lstatSync(join(to, 'README.md')).mode & 0o111).toBe(0);
    expect(readFileSync(join(to, 'bytes.bin'))).toEqual(Buffer.from([0, 1, 255, 10, 13]));
    expect(readFileSync(join(to, evil), 'utf8')).toBe('x\n');
    expect(readlinkSync(join(to, 'near'))).toBe('README.md');
    expect(readlinkSync(join(to, 'far'))).toBe(canary);
    expect(readdirSync(canary)).toEqual([]);
    expect(ran.stderr).toContain('far is a link that leads out of this folder; it was not followed.');
    expect(ran.stderr).toContain('up is a link that leads out');
    expect(ran.stderr).not.toContain('near');
    const show = await repo.rota(['rescue', 'show', 'A1']);
    expect(show.stdout).toMatch(/^added +executable +10 B +\+1 -0 +run\.sh$/m);
    expect(show.stdout).toMatch(/^added +5 B +binary +bytes\.bin$/m);
    expect(show.stdout).toContain('ab.txt');
    for (const { stdout, stderr } of [ran, show])
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test('never onto anything that is there, and never into a checkout', async () => {
    const repo = project();
    keep(repo, 'A1/20261121T010101Z', (folder) => writeFileSync(join(folder, 'x.txt'), 'x\n'));
    const at = (name: string) => join(repo.sandbox.folder, name);
    mkdirSync(at('full'));
    writeFileSync(at('full/mine.txt'), 'mine\n');
    mkdirSync(at('empty'));
    writeFileSync(at('file'), 'mine\n');
    symlinkSync(at('nowhere'), at('dangling'));
    symlinkSync(repo.root, at('to-home'));
    repo.git('branch', 'taken');
    const before = traceOf(repo);
    const wrong: [string[], string][] = [
      [['--to', at('full')], 'There is something at'],
      [['--to', at('empty')], 'There is something at'],
      [['--to', at('file')], 'There is something at'],
      [['--to', at('dangling')], 'There is something at'],
      [['--to', at('none/deeper')], 'There is no folder'],
      [['--to', 'inside'], 'nothing in a checkout of this repository is touched'],
      [['--to', join(at('to-home'), 'inside')], 'nothing in a checkout of this repository is touched'],
      [['--to', '.git/inside'], 'nothing in a checkout'],
      [['--to', '.'], 'There is something at'],
      [['--to', ''], '--to needs a folder'],
      [['--branch', 'taken'], 'There is a branch taken already'],
      [['--branch', 'main'], 'There is a branch main already'],
      [['--branch', 'taken/deeper'], 'In the way is the branch taken already'],
      [['--branch', 'a..b'], 'cannot be the name of a branch'],
      [['--branch=-f'], 'cannot be the name of a branch'],
      [['--branch', 'new', '--to', at('new')], 'do not go together'],
      [['--staged'], 'Nothing was staged in'],
    ];
    for (const [args, message] of wrong) {
      const ran = await repo.rota(['rescue', 'restore', 'A1', ...args]);
      expect(ran.stderr, args.join(' ')).toContain(message);
      expect(ran.code, args.join(' ')).toBe(2);
    }
    expect(traceOf(repo)).toBe(before);
    expect(readdirSync(at('full'))).toEqual(['mine.txt']);
    expect(readdirSync(at('empty'))).toEqual([]);
    expect(readFileSync(at('file'), 'utf8')).toBe('mine\n');
    expect(existsSync(at('nowhere'))).toBe(false);
    expect(readdirSync(repo.sandbox.folder).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect((await repo.rota(['rescue', 'restore', 'A1', '--branch', 'mine/new'])).code).toBe(0);
    expect(repo.git('rev-parse', 'mine/new')).toBe(repo.git('rev-parse', `${RESCUES}A1/20261121T010101Z`));
  });

  test('a tree that would write into .git is refused, and nothing is left behind', async () => {
    const repo = project();
    const blob = repo.git('rev-parse', 'main:README.md');
    const tree = (input: string) => treeOf(repo, input);
    const hooks = tree(`100755 blob ${blob}\tpre-commit`);
    const top = tree(`040000 tree ${hooks}\t.git`);
    repo.git(
      'update-ref',
      `${RESCUES}A1/20261121T010101Z`,
      repo.git('commit-tree', top, '-m', 'agent: mine'),
    );
    const to = join(repo.sandbox.folder, 'back');
    const ran = await repo.rota(['rescue', 'restore', 'A1', '--to', to]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('.git');
    expect(ran.stderr).not.toContain('this is a bug');
    expect(readdirSync(repo.sandbox.folder).sort()).toEqual(['home', 'project']);
  });

  test('what was staged comes back by itself', async () => {
    const repo = project();
    const files = keep(repo, 'A1/x', (folder) => writeFileSync(join(folder, 'a.txt'), 'on disk\n'));
    const staged = keep(
      repo,
      'A1/y',
      (folder) => writeFileSync(join(folder, 'a.txt'), 'staged\n'),
      'rescue: what was staged for A1',
    );
    const message = 'rescue: what was left in the worktree of A1';
    const both = repo.git('commit-tree', `${files}^{tree}`, '-p', 'main', '-p', staged, '-m', message);
    for (const name of ['A1/x', 'A1/y']) repo.git('update-ref', '-d', RESCUES + name);
    repo.git('update-ref', `${RESCUES}A1/20261121T010101Z`, both);
    expect((await repo.json(['rescue', 'show', 'A1'])).staged).toBe(staged);
    const to = join(repo.sandbox.folder, 'back');
    expect((await repo.rota(['rescue', 'restore', 'A1', '--staged', '--to', to])).code).toBe(0);
    expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('staged\n');
  });
});

describe('naming one', () => {
  test('by id, by the beginning of its time, by its ref; several are named, an unknown one gets the nearest', async () => {
    const repo = project();
    const make = (name: string) => keep(repo, name, (folder) => writeFileSync(join(folder, 'x.txt'), name));
    for (const name of [
      'A1/20261121T010101Z',
      'A1/20261121T010101Z-2',
      'A1/20261122T010101Z',
      'A032/20261121T010101Z',
    ])
      make(name);
    const nameOf = async (given: string) => (await repo.json(['rescue', 'show', given])).name;
    expect(await nameOf('A32')).toBe('A032/20261121T010101Z');
    expect(await nameOf('A032')).toBe('A032/20261121T010101Z');
    expect(await nameOf('A32/20261121T010101Z')).toBe('A032/20261121T010101Z');
    expect(await nameOf('A1/20261122')).toBe('A1/20261122T010101Z');
    expect(await nameOf('A1/20261121T010101Z')).toBe('A1/20261121T010101Z');
    expect(await nameOf(`${RESCUES}A1/20261121T010101Z-2`)).toBe('A1/20261121T010101Z-2');
    for (const [given, message, hint] of [
      ['A1', 'may be any of 3 rescues', 'A1/20261121T010101Z-2, A1/20261122T010101Z'],
      ['A1/20261121', 'may be any of 2 rescues', 'A1/20261121T010101Z, A1/20261121T010101Z-2'],
      ['A2', "There is no rescue 'A2'.", 'Did you mean A1?'],
      ['A1/2025', "There is no rescue 'A1/2025'.", 'rota rescue list'],
      ['../../heads/main', 'There is no rescue', 'rota rescue list'],
      ['a\u001b[2Jb', "There is no rescue 'ab'.", 'rota rescue list'],
    ]) {
      const ran = await repo.rota(['rescue', 'show', given!]);
      expect(ran.code, given).toBe(2);
      expect(ran.stderr).toContain(message);
      expect(ran.stderr).toContain(hint);
    }
    expect((await repo.json(['rescue', 'list', 'A32'])).rescues).toHaveLength(1);
    const wrong = await repo.rota(['rescue', 'lst']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean list?') });
    expect((await repo.rota(['rescue', 'show'])).stderr).toContain('Which rescue?');
    expect((await repo.rota(['rescue', 'list', '--to', 'x'])).stderr).toContain('belongs to restore');
  });

  test('one that cannot be read is named and hides no other', async () => {
    const repo = project();
    expect(await repo.json(['rescue', 'list'])).toEqual({ rescues: [], held: [], folders: [] });
    expect((await repo.rota(['rescue'])).stdout).toBe('Nothing is kept: nothing had to be rescued.\n');
    const gone = keep(repo, 'A1/20261121T010101Z', (folder) => writeFileSync(join(folder, 'x'), 'gone\n'));
    keep(repo, 'A2/20261121T010101Z', (folder) => writeFileSync(join(folder, 'x'), 'there\n'));
    repo.git('update-ref', `${RESCUES}odd/thing/of/somebody`, repo.git('rev-parse', 'main:README.md'));
    rmSync(join(repo.root, '.git/objects', gone.slice(0, 2), gone.slice(2)), { force: true });
    const { rescues } = await repo.json(['rescue', 'list']);
    const problems = Object.fromEntries(
      rescues.map(({ name, problem }: { name: string; problem: string | null }) => [name, problem]),
    );
    expect(problems).toEqual({
      'A1/20261121T010101Z': expect.stringContaining('is missing'),
      'A2/20261121T010101Z': null,
      'odd/thing/of/somebody': expect.stringContaining('is missing, or is none'),
    });
    expect((await repo.rota(['rescue', 'show', 'A1'])).code).toBe(3);
    expect((await repo.rota(['rescue', 'restore', 'A1'])).code).toBe(3);
    expect(await repo.json(['rescue', 'show', 'A2'])).toMatchObject({ files: [{ path: 'x', bytes: 6 }] });
  });
});

function treeOf(repo: TestRepo, entry: string): string {
  const file = join(repo.sandbox.folder, 'home', 'entry');
  writeFileSync(file, `${entry}\n`);
  const script = `git mktree < ${file}`;
  return repo.git('-c', `alias.mk=!${script}`, 'mk');
}

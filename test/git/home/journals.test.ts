import { mkdirSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepAsides } from '../../../src/store/home/asides.ts';
import { replayJournals } from '../../../src/store/home/replay.ts';
import { healTransactions } from '../../../src/store/refs/transaction-journal.ts';
import { Death, dyingSystem, hookedSystem, nextCommit, type Scene, scene } from './scene.ts';

// biome-ignore lint/suspicious/noExplicitAny: journals are forged freely
type Loose = any;

const isUpdateRef = (port: string, _name: string, args: unknown[]) =>
  port === 'git' && (args[1] as string[]).includes('update-ref');

/** A move that died right after main had moved, and the one journal it left. */
async function dieAfterMoving(made: Scene): Promise<{ path: string; journal: Loose }> {
  await expect(made.move(dyingSystem(made.system, isUpdateRef))).rejects.toBeInstanceOf(Death);
  const [name] = readdirSync(join(made.repository.rotaDir, 'journal'));
  const path = `.git/rota/journal/${name}`;
  return { path, journal: JSON.parse(made.repo.read(path)) };
}

/** Each makes a journal say something that no journal of rota's says. `canary`: a folder outside the repository. */
const FORGERIES: [string, (journal: Loose, canary: string) => void][] = [
  ['a path with ..', (j) => (j.changes[0].path = '../canary/file')],
  ['a path with .. inside', (j) => (j.changes[0].path = 'a/../../canary/file')],
  ['an absolute path', (j, canary) => (j.changes[0].path = join(canary, 'file'))],
  ['a path of git', (j) => (j.changes[0].path = '.git/config')],
  ['a path of git in capitals', (j) => (j.changes[0].path = 'x/.GIT/config')],
  ['a path of rota', (j) => (j.changes[0].path = '.rota-aside/x')],
  ['an empty path', (j) => (j.changes[0].path = '')],
  ['a path with NUL', (j) => (j.changes[0].path = 'a\0b')],
  ['a path that is a list', (j) => (j.changes[0].path = ['..', 'canary'])],
  ['a path that main did not change', (j) => (j.changes[0].path = 'b.txt')],
  ['one path less', (j) => j.changes.pop()],
  ['other content', (j) => (j.changes.at(-1).new.oid = j.changes[0].old.oid)],
  ['a change of nothing', (j) => (j.changes[0].old = j.changes[0].new = null)],
  ['a submodule', (j) => (j.changes[0].old.mode = '160000')],
  ['no changes', (j) => delete j.changes],
  ['another checkout', (j, canary) => (j.checkouts[0].path = canary)],
  ['a relative checkout', (j) => (j.checkouts[0].path = 'project')],
  ['another git dir', (j, canary) => (j.checkouts[0].gitDir = j.checkouts[0].admin = canary)],
  [
    'a worktree that is none',
    (j, canary) => {
      const gitDir = `${j.checkouts[0].gitDir}/worktrees/x`;
      const admin = `${gitDir}/rota-aside/${j.move}`;
      j.checkouts[0] = { ...j.checkouts[0], path: canary, gitDir, admin, holding: admin };
    },
  ],
  ['a git dir with ..', (j) => (j.checkouts[0].gitDir = `${j.checkouts[0].gitDir}/worktrees/../../canary`)],
  ['another holding folder', (j, canary) => (j.checkouts[0].holding = canary)],
  ['another lock folder', (j, canary) => (j.checkouts[0].admin = canary)],
  ['a holding folder with ..', (j) => (j.checkouts[0].holding += '/../../../../canary')],
  ['no file mode', (j) => delete j.checkouts[0].fileMode],
  ['a checkout that is null', (j) => (j.checkouts[0] = null)],
  ['checkouts that are a text', (j) => (j.checkouts = 'all')],
  ['a ref with ..', (j) => (j.refs = [{ ref: 'refs/../../canary/file', from: null, to: null }])],
  ['a ref outside', (j) => (j.refs = [{ ref: 'HEAD', from: null, to: null }])],
  ['main as an option', (j) => (j.ref = '--all')],
  ['main as a tag', (j) => (j.ref = 'refs/tags/main')],
  ['old as an option', (j) => (j.old = '--output=x')],
  ['new as a name', (j) => (j.new = 'HEAD')],
  ['a move with a slash', (j) => (j.move = '../../x.Y')],
  ['the move of another file', (j) => (j.move = 'OTHER.X')],
  ['another generation', (j) => (j.generation = 7)],
  ['no owner', (j) => delete j.owner],
  ['an owner without a pid', (j) => (j.owner.pid = '7')],
  ['a newer version', (j) => (j.v = 2)],
  ['no keys', (j) => void Object.keys(j).map((key) => delete j[key])],
];

test('a forged journal is named, and nobody touches anything', async () => {
  const made = await scene();
  const { repo, system, repository, sandbox } = made;
  const canary = join(sandbox.folder, 'canary');
  mkdirSync(join(canary, 'old'), { recursive: true });
  for (const name of ['file', 'file.lock', 'index.lock', 'lock', 'index'])
    writeFileSync(join(canary, name), 'canary\n');
  const { path, journal } = await dieAfterMoving(made);
  const before = seen();
  for (const [name, forge] of FORGERIES)
    for (const finished of [false, true]) {
      const forged = { ...structuredClone(journal), finished };
      forge(forged, canary);
      // What only main's move decides says nothing any more once the move is finished.
      if (finished && ['a path that main did not change', 'one path less', 'other content'].includes(name))
        continue;
      repo.write(path, JSON.stringify(forged));
      const said = await replayJournals(system, repository);
      expect(said, name).toEqual([
        expect.stringMatching(/The journal .*\.json (cannot be read|is not believed): .*Nothing was touched/),
      ]);
      expect(seen(), name).toEqual(before);
    }
  for (const text of ['', '{', 'null', '[]', '"x"', repo.read(path).slice(0, 200), '\0'.repeat(500)]) {
    repo.write(path, text);
    expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/cannot be read/)]);
    expect(seen(), text).toEqual(before);
  }
  repo.write(path, JSON.stringify(journal));
  expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/was finished/)]);
  expect(repo.git('status', '--porcelain')).toBe('');

  /** Everything but the journal itself. */
  function seen(): string[] {
    return [
      ...readdirSync(sandbox.folder, { recursive: true, encoding: 'utf8' }).filter(
        (file) => !file.startsWith('home'),
      ),
      repo.read('a.txt'),
      repo.read('b.txt'),
      repo.read('.git/config'),
      repo.git('ls-files', '-s'),
      repo.read('.git/index.lock'),
    ];
  }
});

test('a journal of another repository’s checkout is not believed', async () => {
  const made = await scene();
  const { repo, system, repository, sandbox } = made;
  const other = sandbox.repo('other', { 'a.txt': 'one\n' });
  const { path, journal } = await dieAfterMoving(made);
  journal.checkouts[0].path = other.root;
  repo.write(path, JSON.stringify(journal));
  const said = await replayJournals(system, repository);
  expect(said).toEqual([expect.stringMatching(/is not believed: .*other is no checkout of this repository/)]);
  expect([other.read('a.txt'), other.git('status', '--porcelain')]).toEqual(['one\n', '']);
});

test('a linked worktree that a person moved meanwhile is named, not written to', async () => {
  const made = await scene();
  const { repo, system, repository, sandbox } = made;
  repo.git('switch', '-q', '-c', 'feature');
  repo.git('worktree', 'add', '-q', join(sandbox.folder, 'linked'), 'main');
  await dieAfterMoving(made);
  repo.git('worktree', 'move', join(sandbox.folder, 'linked'), join(sandbox.folder, 'moved'));
  expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/is not believed/)]);
  repo.git('worktree', 'move', join(sandbox.folder, 'moved'), join(sandbox.folder, 'linked'));
  expect(await replayJournals(system, repository)).toEqual([expect.stringMatching(/was finished/)]);
});

test('a forged journal does not stand in the way of the next move', async () => {
  const { repo, move } = await scene();
  repo.write('.git/rota/journal/R.X.json', '{"v":1,"move":"R.X","checkouts":[]}');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('main put back by hand after a crash: held files stay, and it is named', async () => {
  const made = await scene();
  const { repo, system, repository, old } = made;
  let renames = 0;
  const dying = dyingSystem(system, (port, name) => port === 'files' && name === 'rename' && ++renames === 4);
  await expect(made.move(dying)).rejects.toBeInstanceOf(Death);
  const held = () => readdirSync(join(repository.gitDir, 'rota-aside'), { recursive: true }).sort();
  const before = held();
  expect(before.filter((name) => /old\/\d+$/.test(String(name))).length).toBeGreaterThan(1);
  repo.git('update-ref', 'refs/heads/main', old);
  expect(await replayJournals(system, repository)).toEqual([
    expect.stringMatching(/was left in the middle of a move.*nothing was touched/),
  ]);
  expect(held()).toEqual(before);
});

test('the list of what is held may be damaged or forged: the files stay and are named', async () => {
  const { repo, system, repository, move } = await scene();
  await move();
  const [name] = readdirSync(join(repository.gitDir, 'rota-aside'));
  const folder = join(repository.gitDir, 'rota-aside', name!);
  const path = `.git/rota-aside/${name}/moved.json`;
  const manifest = JSON.parse(repo.read(path));
  const held = readdirSync(join(folder, 'old'));
  const later = { ...system, clock: { ...system.clock, now: () => new Date(Date.now() + 48 * 3_600_000) } };
  const forged = [
    { ...manifest, root: '../x' },
    { ...manifest, move: 'OTHER.X' },
    { ...manifest, changes: [{ ...manifest.changes[0], path: '../../x' }] },
  ].map((value) => JSON.stringify(value));
  for (const text of ['', 'null', '{"v":1}', ...forged]) {
    repo.write(path, text);
    expect(await sweepAsides(later, repository)).toEqual([
      expect.stringMatching(/The old files in .* are kept/),
    ]);
    expect(readdirSync(join(folder, 'old'))).toEqual(held);
  }
  repo.write(path, JSON.stringify(manifest));
  expect(await sweepAsides(later, repository)).toEqual([]);
  expect(readdirSync(join(repository.gitDir, 'rota-aside'))).toEqual([]);
});

test('a forged note of a transaction removes no file outside the refs', async () => {
  const { repo, system, repository, sandbox } = await scene();
  writeFileSync(join(sandbox.folder, 'mine.lock'), 'mine\n');
  const { id, boot, pidNamespace } = system.machine;
  const owner = { machine: id, boot, pidNamespace, pid: 2 ** 22 + 7, started: '1' };
  const note = { v: 1, owner, refs: ['../../mine'] };
  repo.write(`.git/rota/transactions/${owner.pid}-X.json`, JSON.stringify(note));
  writeFileSync(join(sandbox.folder, 'mine.lock'), 'mine, newer than the note\n');
  await healTransactions(system, repository);
  expect(readdirSync(sandbox.folder)).toContain('mine.lock');
});

test('a file that is gone just before it is renamed aside stays gone, and is named', async () => {
  const { repo, system, move, next } = await scene();
  const isRename = (port: string, name: string, args: unknown[]) =>
    port === 'files' && name === 'rename' && String(args[0]).endsWith('/a.txt');
  const remove = () => unlinkSync(join(repo.root, 'a.txt'));
  expect(await move({ system: hookedSystem(system, isRename, remove) })).toEqual({
    kind: 'moved',
    named: [expect.stringMatching(/a\.txt was removed while main moved/)],
  });
  expect([repo.git('status', '--porcelain'), repo.git('rev-parse', 'main')]).toEqual([' D a.txt', next]);
  expect(repo.exists('.git/index.lock')).toBe(false);
});

test('without hard links a save that is put back is kept aside, too: its program may still write there', async () => {
  const { repo, system, move } = await scene();
  const isRename = (port: string, name: string, args: unknown[]) =>
    port === 'files' && name === 'rename' && String(args[0]).endsWith('/a.txt');
  const hooked = hookedSystem(system, isRename, () => repo.write('a.txt', 'saved\n'));
  const link = async () => {
    throw Object.assign(new Error('no links'), { code: 'EPERM' });
  };
  const result = await move({ system: { ...hooked, files: { ...hooked.files, link } } });
  const sentence = expect.stringMatching(/A save to .*a\.txt was made while main moved; it is kept as/);
  expect(result).toEqual({ kind: 'moved', named: [sentence] });
  expect(repo.read('a.txt')).toBe('saved\n');
});

test('a folder for held files that was committed as a link is not followed', async () => {
  const { repo, system, repository, sandbox, move } = await scene();
  symlinkSync(sandbox.folder, join(repo.root, '.rota-aside'));
  repo.git('add', '-A');
  repo.git('commit', '-qm', 'a link');
  const files = {
    ...system.files,
    facts: async (path: string) => {
      const facts = await system.files.facts(path);
      return facts === null || !path.startsWith(repository.gitDir) ? facts : { ...facts, dev: 99 };
    },
  };
  const old = repo.git('rev-parse', 'HEAD');
  const third = nextCommit(repo, (side) => side.write('a.txt', 'three\n'));
  expect(await move({ system: { ...system, files }, move: { old, new: third } })).toEqual({
    kind: 'in-the-way',
    reason: expect.stringMatching(/\.rota-aside is no folder/),
  });
  expect(repo.git('rev-parse', 'main')).toBe(old);
  expect(readdirSync(sandbox.folder)).not.toContain('.gitignore');
});

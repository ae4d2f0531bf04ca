import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CheckOptions, checkSound } from '../../support/checker/check-sound.ts';
import { blobId } from '../../support/checker/git-reader.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { startOf } from '../../torture/processes.ts';

const TASK = (id: string, status: string, more = '') =>
  `---\nid: ${id}\ntitle: Task ${id}\nstatus: ${status}\n${more}---\nDo it.\n`;

/** A repository in which A1 has landed in good order and A2 is ready. */
function good(): { repo: TestRepo; land: typeof landing } {
  const repo = sandbox().repo('work', {
    'README.md': '# work\n',
    'backlog/A1-one.md': TASK('A1', 'ready'),
    'backlog/A2-two.md': TASK('A2', 'ready'),
  });
  landing(repo, 'A1', 'R1');
  return { repo, land: landing };
}

/** A merge as a landing makes it; `gated` names another tree. */
function landing(repo: TestRepo, task: string, run: string, gated?: string, file = `work/${task}.txt`): void {
  repo.git('switch', '-q', '-c', `work-${run}`);
  repo.commit(`feat(${task}): work`, { [file]: `work of ${run}\n` });
  repo.git('switch', '-q', 'main');
  repo.git('merge', '-q', '--no-ff', '--no-commit', `work-${run}`);
  const name = task === 'A1' ? 'backlog/A1-one.md' : 'backlog/A2-two.md';
  repo.write(name, TASK(task, 'done'));
  repo.git('add', '-A');
  const tree = gated ?? repo.git('write-tree');
  repo.git('commit', '-q', '-m', `feat(${task}): land\n\nTask: ${task}\nRun: ${run}\nGated: ${tree}`);
}

function record(repo: TestRepo, task: string, yaml: string): void {
  const folder = join(repo.sandbox.folder, `record-${task}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'record.yaml'), yaml);
  const blob = repo.git('hash-object', '-w', join(folder, 'record.yaml'));
  writeFileSync(join(folder, 'tree'), `100644 blob ${blob}\trecord.yaml\n`);
  const tree = repo.git('-c', `alias.t=!git mktree < ${join(folder, 'tree')}`, 't');
  repo.git('update-ref', `refs/rota/tasks/${task}`, repo.git('commit-tree', '-m', 'record', tree));
}

async function wrongIn(repo: TestRepo, options: CheckOptions = {}): Promise<string> {
  return (await checkSound({ shared: repo.root }, options)).join('\n');
}

const lockOf = (pid: number, started: string) =>
  `v: 1\ntask: A2\nstate: null\nwaiting: null\nlock:\n  run: R9\n  pid: ${pid}\n  started: "${started}"\n  boot: ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}\n`;

describe('the independent checker', () => {
  it('finds nothing in a sound repository', async () => {
    const { repo } = good();
    repo.write('notes.txt', 'mine');
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
    record(repo, 'A2', lockOf(process.pid, started));
    const found = await wrongIn(repo, {
      gate: (folder) => (existsSync(join(folder, 'broken')) ? 'broken' : null),
      tasks: ['A1', 'A2'],
      saves: { [repo.root]: [{ path: 'notes.txt', blob: blobId('mine'), inPlace: true }] },
      said: '',
      writes: [{ path: 'work/A1.txt', blob: blobId('work of R1\n') }],
      stays: /^work\//,
      mayDiffer: (path) => path === 'notes.txt',
      processes: { home: repo.sandbox.env['HOME']! },
    });
    expect(found).toBe('');
  });

  it('sees damage, locks, journals and worktrees without a folder', async () => {
    const { repo } = good();
    expect(await wrongIn(repo)).toBe('');
    repo.write('.git/refs/heads/main.lock', '');
    repo.write('.git/index.lock', '');
    repo.write('.git/rota/journal/R1.json', '{}');
    repo.write('.git/rota/transactions/7.json', '{}');
    repo.git('worktree', 'add', '-q', join(repo.sandbox.folder, 'gone'), '-b', 'gone');
    rmSync(join(repo.sandbox.folder, 'gone'), { recursive: true });
    const wrong = await wrongIn(repo);
    for (const part of ['main.lock', 'index.lock', 'R1.json', '7.json', 'its folder is gone'])
      expect(wrong).toContain(part);
    expect(wrong.split('\n').length).toBe(5);
    expect(await wrongIn(repo, { foreignLock: (path) => path.endsWith('index.lock') })).not.toContain(
      'index.lock',
    );
    const blob = repo.git('rev-parse', 'main:README.md');
    rmSync(join(repo.root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    expect(await wrongIn(repo)).toContain(`missing blob ${blob}`);
  });

  it('sees red commits, also those that were mended', async () => {
    const { repo } = good();
    repo.commit('feat: oops', { broken: '' });
    repo.git('rm', '-q', 'broken');
    repo.git('commit', '-q', '-m', 'fix: mended');
    const gate = (folder: string) => (existsSync(join(folder, 'broken')) ? 'there is broken' : null);
    expect(await wrongIn(repo, { gate })).toMatch(/^Main is red at \w+ \(feat: oops\): there is broken\.$/);
  });

  it('sees a task and a run that landed twice, and a landing that is no merge', async () => {
    const { repo, land } = good();
    repo.write('backlog/A1-one.md', TASK('A1', 'ready'));
    repo.git('commit', '-qam', 'person: again');
    land(repo, 'A1', 'R2', undefined, 'work/again.txt');
    land(repo, 'A2', 'R2b');
    repo.git('commit', '-q', '--allow-empty', '-m', `x\n\nTask: A3\nRun: R2b\nGated: ${'0'.repeat(40)}`);
    const wrong = await wrongIn(repo);
    expect(wrong).toMatch(/Task A1 landed 2 times/);
    expect(wrong).toMatch(/Run R2b landed 2 times/);
    expect(wrong).toMatch(/has 1 parents instead of 2/);
  });

  it('sees another tree than the gated one, and a gated tree that is nowhere', async () => {
    const { repo, land } = good();
    land(repo, 'A2', 'R2', repo.git('rev-parse', 'main^{tree}'));
    expect(await wrongIn(repo)).toMatch(/Landing \w+ is not the tree that was gated/);
    repo.git('reset', '-q', '--hard', 'HEAD^');
    land(repo, 'A2', 'R3', 'f'.repeat(40));
    expect(await wrongIn(repo)).toMatch(/The tree ffffffffff that landing \w+ names is nowhere/);
  });

  it('accepts a gated tree that differs in the backlog only', async () => {
    const { repo, land } = good();
    const before = repo.git('rev-parse', 'main^{tree}');
    repo.commit('work first', { 'work/A2.txt': 'work of R2\n' });
    const gated = repo.git('rev-parse', 'main^{tree}');
    expect(gated).not.toBe(before);
    repo.git('reset', '-q', '--hard', 'HEAD^');
    land(repo, 'A2', 'R2', gated);
    expect(await wrongIn(repo)).toBe('');
  });

  it('sees tasks that are gone, done without a landing, or landed and not done', async () => {
    const { repo } = good();
    repo.write('backlog/A1-one.md', TASK('A1', 'ready'));
    repo.write('backlog/A2-two.md', TASK('A2', 'done'));
    repo.git('commit', '-qam', 'person: nonsense');
    const wrong = await wrongIn(repo, { tasks: ['A1', 'A2', 'A3'] });
    expect(wrong).toContain('A1 has landed and its status is ready');
    expect(wrong).toContain('A2 is done and has not landed');
    expect(wrong).toContain('Task A3 is not on main any more');
  });

  it('sees locks of the dead, their blocks, records of landed tasks and waiting work that is nowhere', async () => {
    const { repo } = good();
    record(repo, 'A2', lockOf(process.pid, '1'));
    record(
      repo,
      'A1',
      `v: 1\ntask: A1\nlock: null\nstate: waiting\nwaiting: {commit: ${'e'.repeat(40)}, base: x}\n`,
    );
    record(repo, 'A3', 'v: 2\n');
    repo.write('backlog/A2-two.md', TASK('A2', 'ready', 'lock: {run: R9, by: x}\n'));
    repo.git('commit', '-qam', 'lock shown');
    const wrong = await wrongIn(repo);
    expect(wrong).toMatch(/A2 is locked by run R9, whose worker \(\d+\) is dead/);
    expect(wrong).toContain('A1 waits with eeee');
    expect(wrong).toContain('A1 has landed and still has a record');
    expect(wrong).toContain('The record of A3 cannot be read');
    expect(wrong).toContain('A2-two.md shows a lock of run R9, which is over');
    const said = 'the lock block of run R9 in backlog/A2-two.md was left over, but main cannot move now';
    expect(await wrongIn(repo, { said })).not.toContain('shows a lock');
  });

  it('sees lost saves, and those that are held aside and were not named', async () => {
    const { repo } = good();
    const at = (path: string, text: string, more = {}) => ({ path, blob: blobId(text), ...more });
    const wrong = (said: string, ...saves: ReturnType<typeof at>[]) =>
      wrongIn(repo, { said, saves: { [repo.root]: saves } });
    expect(await wrong('', at('a.txt', 'gone'))).toMatch(/A save of a person is lost: .*a\.txt/);
    expect(await wrong('', at('a.txt', 'gone'), at('b.txt', 'x', { replaced: blobId('gone') }))).toMatch(
      /a\.txt[\s\S]*b\.txt/,
    );
    repo.write('a.txt', 'newer');
    expect(await wrong('', at('a.txt', 'gone'), at('a.txt', 'newer', { replaced: blobId('gone') }))).toBe('');
    expect(await wrong('', at('a.txt', 'other', { inPlace: true }))).toContain('is not as it was saved');
    repo.commit('chore: kept', { 'k.txt': 'kept' });
    repo.commit('chore: amended', { 'k.txt': 'later' });
    repo.git('reset', '-q', '--hard', 'HEAD~2');
    expect(await wrong('', at('k.txt', 'kept'))).toBe('');
    repo.write('s.txt', 'stashed');
    repo.git('stash', '-q', '-u');
    expect(await wrong('', at('s.txt', 'stashed'))).toBe('');
    repo.write('.git/rota-aside/R1.x/old/0', 'late');
    const held = join(repo.root, '.git/rota-aside/R1.x/old/0');
    expect(await wrong('', at('README.md', 'late'))).toContain('held aside and was never named');
    expect(await wrong(`it is kept as ${held}. Compare`, at('README.md', 'late'))).toBe('');
  });

  it('sees lost bytes of agents, wherever they may be kept', async () => {
    const { repo } = good();
    const wrong = (text: string) =>
      wrongIn(repo, { writes: [{ path: 'w', blob: blobId(text), about: 'run R5' }] });
    expect(await wrong('lost')).toMatch(/Bytes of an agent are lost: w \(\w+, run R5\)/);
    repo.git('worktree', 'add', '-q', join(repo.root, '.worktrees/ai/w'), '-b', 'ai/w');
    repo.write('.worktrees/ai/w/a.txt', 'in a worktree');
    repo.write('.worktrees/.kept/w/a.txt', 'put aside');
    expect(await wrong('in a worktree')).toBe('');
    expect(await wrong('put aside')).toBe('');
    const commit = repo.commit('chore: x', { 'x.txt': 'rescued' });
    repo.git('reset', '-q', '--hard', 'HEAD^');
    expect(await wrong('rescued')).toContain('lost');
    repo.git('update-ref', 'refs/rota/rescue/A1/20260101T000000Z', commit);
    expect(await wrong('rescued')).toBe('');
  });

  it('sees landed files that went away, and a checkout that is not as its HEAD', async () => {
    const { repo } = good();
    repo.git('rm', '-q', 'work/A1.txt');
    repo.write('README.md', 'torn\n');
    const options = { stays: /^work\//, mayDiffer: (path: string) => path === 'README.md' };
    expect(await wrongIn(repo, options)).toMatch(/^\S+work\/A1\.txt differs from HEAD \(D \)\.$/);
    repo.git('commit', '-q', '-m', 'person: reverts a landing');
    expect(await wrongIn(repo, options)).toMatch(
      /^work\/A1\.txt came with landing \w+ and is gone from main\.$/,
    );
    repo.commit('x', { 'work/A1.txt': 'other' });
    expect(await wrongIn(repo, options)).toMatch(/is something else on main now/);
  });

  it('sees processes of runs, and of groups', async () => {
    const { repo } = good();
    const home = repo.sandbox.env['HOME']!;
    const env = { ...repo.sandbox.env, ROTA_RUN: 'R7' };
    const groups = new Map<number, string>();
    const children = [
      spawn('sleep', ['60'], { env, stdio: 'ignore' }),
      spawn('sleep', ['60'], { stdio: 'ignore', detached: true }),
    ];
    try {
      await Promise.all(children.map((child) => new Promise((done) => child.once('spawn', done))));
      const leader = children[1]!.pid!;
      groups.set(leader, startOf(leader)!);
      const wrong = await wrongIn(repo, { processes: { home, groups, patience: 0 } });
      expect(wrong.split('\n').length).toBe(2);
      expect(wrong).toContain(`Process ${children[0]!.pid} still runs (ROTA_RUN=R7): sleep 60`);
      expect(wrong).toContain(`Process ${leader} still runs (no run, group`);
      // The number of a group of which nothing lived any more, given to somebody else.
      const others = await wrongIn(repo, {
        processes: { home, groups: new Map([[leader, '1']]), patience: 0 },
      });
      expect(others).not.toContain(`Process ${leader}`);
    } finally {
      for (const child of children) {
        const ended = new Promise((done) => child.once('exit', done));
        child.kill('SIGKILL');
        await ended;
      }
    }
    expect(await wrongIn(repo, { processes: { home, groups } })).toBe('');
  });
});

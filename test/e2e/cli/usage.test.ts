import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { backlogRepo } from './backlog-repo.ts';

const ROTA = resolve(import.meta.dirname, '../../../dist/rota.js');

describe('the command line', () => {
  test('prints the version, alone and beside other words', async () => {
    const { version } = JSON.parse(
      readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
    ) as { version: string };
    const repo = sandbox().repo('r');
    expect(await repo.rota(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await repo.rota(['-V'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(await repo.rota(['--json', '--version'])).toMatchObject({ code: 0 });
  });

  test('help fits 80 columns, names every command, and exits 0', async () => {
    const repo = sandbox().repo('r');
    const bare = await repo.rota([]);
    expect(bare.code).toBe(0);
    const names =
      'init add edit list show next check why run shift land lock unlock pause resume sweep rescue status log sync demo'.split(
        ' ',
      );
    for (const name of names) expect(bare.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(bare.stdout).not.toContain('merge-file');
    const helps = await Promise.all(names.map((name) => repo.rota([name, '--help'])));
    for (const help of [bare, ...helps]) {
      expect(help.code).toBe(0);
      expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
    for (const help of helps) expect(help.stdout).toContain('Examples:\n  ');
  });

  test.each([
    [['lst'], "unknown command 'lst'.", 'Did you mean list?'],
    [['list', '--jsn'], "unknown option '--jsn'.", 'Did you mean --json?'],
    [['run'], "missing required argument 'role'.", 'See rota run --help.'],
    [['list', 'x'], "too many arguments for 'list'", 'See rota list --help.'],
    [['--json'], 'Which command?', 'rota --help lists them.'],
    [['list', '--status', 'redy'], '--status redy is not known.', 'Known are: draft, ready'],
    [['show', '../x'], 'is not a task id', 'an id is like A32'],
    [['land', 'A1', '--accept', ' '], '--accept needs a reason', 'rota land A1'],
    [['edit', 'A1', 'status'], 'is not key=value', 'rota edit A32 status=ready'],
    [['edit', 'A1', 'id=A2'], "'id' cannot be set", 'status=dropped'],
    [['log', '-n', 'many'], '--number many is not a count.', 'rota log --number 20'],
  ])('%j exits 2 and says what to do', async (args, message, hint) => {
    const repo = await backlogRepo(sandbox(), {});
    const ran = await repo.rota(args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`rota: ${message}`.slice(0, 6));
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).toContain(hint);
    const { error } = await repo.json(args.filter((arg) => arg !== '--json'));
    expect(error.code).toMatch(/usage|task/);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  test('outside a repository, and in one without a commit, the error is a document too', async () => {
    const box = sandbox();
    const repo = box.repo('r');
    const error = (await repo.json(['-C', box.folder, 'list'])).error;
    expect(error).toMatchObject({ code: 'repository' });
    expect((await repo.json(['list', '-C', '..'])).error).toMatchObject({ code: 'repository' });
  });

  test('with --json stdout is exactly one document, also for errors', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': 'id: A1\ntitle: a\n' });
    for (const args of [
      ['list'],
      ['status'],
      ['next', 'developer'],
      ['check'],
      ['log'],
      ['show', 'A1'],
      ['show', 'A9'],
      ['nope'],
    ]) {
      const { stdout } = await repo.rota([...args, '--json']);
      expect(stdout.endsWith('\n')).toBe(true);
      expect(stdout.trimEnd()).not.toContain('\n');
      expect(() => JSON.parse(stdout)).not.toThrow();
    }
  });

  test('a reader that goes away early is no failure', async () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [`A${n}-t.md`, `title: ${'long title '.repeat(30)}\n`]),
    );
    const repo = await backlogRepo(sandbox(), tasks);
    const child = spawn('sh', ['-c', `"${process.execPath}" "${ROTA}" list; echo "code $?" >&2`], {
      cwd: repo.root,
      env: repo.sandbox.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    child.stdout.destroy();
    await new Promise((done) => child.on('close', done));
    expect(stderr).toBe('code 0\n');
  });

  test('colours only when asked for or on a terminal', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': 'title: a\nstatus: ready\n' });
    const plain = await repo.rota(['list']);
    expect(plain.stdout).not.toContain('\u001b');
    const forced = await repo.rota(['list'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001b[32mready');
    const never = await repo.rota(['list'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } });
    expect(never.stdout).toBe(plain.stdout);
  });
});

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { errorOf, project } from './project.ts';

const ROTA = resolve(import.meta.dirname, '../../../dist/rota.js');

describe('wrong command lines', () => {
  test.each([
    [['lsit'], 'Did you mean list?'],
    [['run', 'developer', '--taks', 'A1'], 'See rota run --help.'],
    [['list', '--stauts', 'ready'], 'Did you mean --status?'],
    [['run'], 'See rota run --help.'],
    [['show'], 'See rota show --help.'],
    [['next'], 'See rota next --help.'],
    [['add'], 'See rota add --help.'],
    [['run', 'developer', 'A1', 'A2'], 'See rota run --help.'],
    [['show', 'A1', 'A2'], 'See rota show --help.'],
    [['lock', 'A1', 'A2'], 'See rota lock --help.'],
    [['show', '../x'], 'an id is like A32'],
    [['run', 'developer', '$(touch pwned)'], 'an id is like A32'],
    [['edit', 'T1/sub', 'status=ready'], 'an id is like A32'],
    [['unlock', 'a1;x'], 'an id is like A32'],
    [['show', '-rf'], 'See rota show --help.'],
    [['add', 'x', '--type', 'featre'], 'feature'],
    [['edit', 'A1', 'stauts=ready'], 'status'],
    [['-C'], 'rota --help'],
  ])('%j exits 2 and names the way on', async (args, way) => {
    const error = await errorOf(project(sandbox()), args);
    expect(error.exit).toBe(2);
    expect(['usage', 'task']).toContain(error.code);
    expect(`${error.message} ${error.hint}`).toContain(way);
  });

  test('a task that is not there', async () => {
    const repo = project(sandbox());
    for (const args of [
      ['show', 'A9'],
      ['edit', 'A9', 'status=ready'],
      ['lock', 'A9'],
      ['unlock', 'A9'],
      ['land', 'A9'],
    ]) {
      const error = await errorOf(repo, args);
      expect(error, args.join(' ')).toMatchObject({ exit: 2 });
      expect(error.message).toContain('A9');
    }
  });
});

test('every reader may go away early', async () => {
  const repo = project(sandbox());
  for (const args of [
    ['list'],
    ['show', 'A1'],
    ['status'],
    ['check'],
    ['next', 'developer'],
    ['list', '--json'],
    ['--help'],
  ]) {
    const child = spawn(process.execPath, [ROTA, ...args], {
      cwd: repo.root,
      env: repo.sandbox.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    const code = await new Promise((done) => child.on('close', done));
    expect(`${args.join(' ')} ${code} ${stderr}`).toBe(`${args.join(' ')} 0 `);
  }
});

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { project, task } from './project.ts';

const LOOKS = [
  ['list'],
  ['list', '--json'],
  ['list', '--status', 'ready'],
  ['show', 'A1'],
  ['show', 'A9'],
  ['next', 'developer'],
  ['next', 'developer', '--explain'],
  ['check'],
  ['check', '--main'],
  ['status'],
  ['status', '--json'],
  ['log'],
  ['log', 'A1'],
  ['why', 'A1'],
  ['why', 'A9'],
  ['prompt', 'A1'],
  ['watch'],
  ['usage'],
  ['log', '--since', '1d'],
  ['schedule', 'status'],
  ['schedule', 'show', '--for', 'systemd'],
  ['rescue', 'list'],
  ['rescue', 'show', 'A1'],
  ['sweep', '--dry-run'],
  ['--help'],
  ['run', '--help'],
];

/** Every path below a folder with its kind, mode, time of change and content. */
function fingerprint(folder: string): Map<string, string> {
  const seen = new Map<string, string>();
  const walk = (path: string) => {
    const stat = lstatSync(path);
    const text = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path) : '';
    const hash = createHash('sha256').update(text).digest('hex');
    seen.set(path, `${stat.mode} ${stat.mtimeMs} ${stat.ino} ${hash}`);
    if (stat.isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
  };
  walk(folder);
  return seen;
}

test.each([false, true])(
  'commands that look leave every byte of .git and the work tree, remote: %s',
  async (remote) => {
    const box = sandbox();
    const repo = project(box, {
      'backlog/A2-wrong.md': task('status: ready'),
      'backlog/A3-locked.md': task('title: x', 'status: ready', 'lock: {by: mike}'),
    });
    if (remote) {
      const hub = box.bare('hub.git');
      repo.git('remote', 'add', 'origin', hub.root);
      repo.git('push', '-q', 'origin', 'main');
    }
    expect((await repo.json(['run', 'developer'])).outcome).toBe('landed');
    repo.write('backlog/A4-new.md', task('title: new', 'status: ready'));
    repo.write('README.md', 'edited\n');
    const before = [fingerprint(repo.root), remote ? fingerprint(join(box.folder, 'hub.git')) : null];
    for (const args of LOOKS) {
      const ran = await repo.rota(args);
      expect(ran.stderr).not.toContain('this is a bug');
      const after = [fingerprint(repo.root), remote ? fingerprint(join(box.folder, 'hub.git')) : null];
      expect(after, args.join(' ')).toEqual(before);
    }
    // It tries on the remote what that allows, and takes its refs away again.
    const refs = () => (remote ? repo.git('ls-remote', 'origin') : '');
    const there = refs();
    await repo.rota(['doctor']);
    expect([fingerprint(repo.root), refs()]).toEqual([before[0], there]);
  },
);

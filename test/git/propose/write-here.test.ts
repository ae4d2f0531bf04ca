import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeHere } from '../../../src/run/backlog/write-here.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { Files } from '../../../src/system/ports.ts';
import { sandbox } from '../../support/repo.ts';
import { FILES } from '../worktree/open-test-project.ts';

const FILE = 'backlog/A1-list-things.md';

async function open(change: (files: Files, target: string) => Partial<Files> = () => ({})) {
  const box = sandbox();
  const repo = box.repo('repo', FILES);
  const system = box.system();
  const target = join(repo.root, FILE);
  const files = { ...system.files, ...change(system.files, target) };
  const project = await openProject({ ...system, files }, repo.root, () => undefined, 'write');
  const known = new Map([[FILE, Buffer.from(repo.read(FILE))]]);
  const write = (path: string, content: string) =>
    writeHere(project, repo.root, known, [{ path, content }]).finally(() => project.close());
  const left = () => readdirSync(join(repo.root, 'backlog')).filter((name) => name.startsWith('.'));
  return { repo, target, write, left };
}

describe('writing task files into a folder', () => {
  test('a new file, and one that is as it was read; its mode stays', async () => {
    const { repo, target, write, left } = await open();
    chmodSync(target, 0o640);
    await write(FILE, 'new\n');
    expect(repo.read(FILE)).toBe('new\n');
    expect(statSync(target).mode & 0o777).toBe(0o640);
    const second = await open();
    await second.write('backlog/deeper/A2-x.md', 'x\n');
    expect(second.repo.read('backlog/deeper/A2-x.md')).toBe('x\n');
    expect([left(), second.left()]).toEqual([[], []]);
  });

  test('one that was saved since it was read stays as it is', async () => {
    const { repo, write, left } = await open();
    repo.write(FILE, 'saved by a person\n');
    await expect(write(FILE, 'new\n')).rejects.toMatchObject({ code: 'stale' });
    expect(repo.read(FILE)).toBe('saved by a person\n');
    expect(left()).toEqual([]);
  });

  test('a new one is never written over what is there', async () => {
    const { repo, write } = await open();
    repo.write('backlog/A2-x.md', 'mine\n');
    await expect(write('backlog/A2-x.md', 'x\n')).rejects.toMatchObject({ code: 'stale' });
    expect(repo.read('backlog/A2-x.md')).toBe('mine\n');
  });

  test('a save in the last moment is put back', async () => {
    const { repo, write, left } = await open((files, target) => ({
      rename: async (from, to) => {
        if (from === target) writeFileSync(target, 'saved at the last moment\n');
        await files.rename(from, to);
      },
    }));
    await expect(write(FILE, 'new\n')).rejects.toMatchObject({ code: 'stale' });
    expect(repo.read(FILE)).toBe('saved at the last moment\n');
    expect(left()).toEqual([]);
  });

  test('a save while the file is aside stays, and the one before is kept and named', async () => {
    const { repo, write, left } = await open((files, target) => ({
      link: async (from, to) => {
        if (to === target) writeFileSync(target, 'saved meanwhile\n');
        await files.link(from, to);
      },
    }));
    const before = FILES[FILE]!;
    await expect(write(FILE, 'new\n')).rejects.toMatchObject({
      code: 'stale',
      message: expect.stringContaining('kept as'),
    });
    expect(repo.read(FILE)).toBe('saved meanwhile\n');
    const kept = readdirSync(join(repo.root, '.git/rota/edited'));
    expect(kept.map((name) => repo.read(`.git/rota/edited/${name}`))).toEqual([before]);
    expect(left()).toEqual([]);
  });
});

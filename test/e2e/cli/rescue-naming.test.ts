import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keep, RESCUES, rescueRepo } from './rescue-repo.ts';

describe('naming one', () => {
  test('by id, by the beginning of its time, by its ref; several are named, an unknown one gets the nearest', async () => {
    const repo = rescueRepo();
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
    const repo = rescueRepo();
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

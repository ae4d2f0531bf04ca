import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { backlogRepo } from './backlog-repo.ts';

describe('ids that are nowhere', () => {
  test('exit 2 with the nearest id, or with what hands the file over', async () => {
    const repo = await backlogRepo(sandbox(), {
      'A1-x.md': 'title: X\nstatus: ready\n',
      'A32-y.md': 'title: Y\nstatus: ready\n',
      'B5-bad.md': 'title: Bad\nstatus: redy\n',
    });
    repo.git('config', 'user.name', 'Pat');
    for (const args of [
      ['why', 'A33'],
      ['show', 'A33'],
      ['log', 'A33'],
      ['run', 'developer', 'A33'],
    ]) {
      const ran = await repo.rota(args);
      expect(ran.code, args.join(' ')).toBe(2);
      expect(ran.stderr).toContain('There is no task A33 on main.');
      expect(ran.stderr).toContain('Did you mean A32?');
      expect((await repo.json(args)).error).toMatchObject({ code: 'task' });
    }
    repo.write('backlog/A40-new.md', '---\ntitle: New\nstatus: ready\n---\n');
    const hint = (await repo.json(['why', 'A40'])).error;
    expect(hint).toMatchObject({ message: expect.stringContaining('backlog/A40-new.md is not on main yet') });
    const run = await repo.rota(['run', 'developer', 'A40']);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining(hint.hint) });
    expect((await repo.json(['why', 'B5'])).now.words).toMatch(/^not picked: .*B5-bad\.md/);
    expect((await repo.rota(['why', '../x'])).code).toBe(2);
    expect(repo.git('for-each-ref', 'refs/rota')).toBe('');
  });
});

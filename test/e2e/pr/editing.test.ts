import { readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Scene, scene, taskFile, taskText } from '../../support/scene.ts';

const open = (): Promise<Scene> => scene({ hub: 'file', config: { integrate: 'pr' } });

describe('integrate: pr: tasks are written into the folder, for a person to propose', () => {
  test('add writes the file, moves nothing, and says what to do', async () => {
    const s = await open();
    const [main, head] = [s.shared.git('rev-parse', 'main'), s.home.git('rev-parse', 'HEAD')];
    const added = await s.rota(['add', 'Show the price']);
    expect(added).toMatchObject({
      code: 0,
      doc: { id: 'A2', file: 'backlog/A2-show-the-price.md', commit: null },
    });
    const [written] = added.doc.written;
    expect(written.file).toBe('backlog/A2-show-the-price.md');
    expect(s.home.read(written.file)).toContain('title: Show the price\n');
    expect([s.shared.git('rev-parse', 'main'), s.home.git('rev-parse', 'HEAD')]).toEqual([main, head]);
    expect(s.home.git('status', '--porcelain')).toBe('?? backlog/A2-show-the-price.md');

    const words = await s.home.rota(['add', 'Another one']);
    expect(words.stderr).toContain('it counts once it is merged');
    expect(words.stderr).toContain('git switch -c backlog/A3 && git add -- backlog/A3-another-one.md');
    // What it says works, and never touches main.
    s.home.git('config', 'push.autoSetupRemote', 'false');
    s.box.env['SHELL'] = '/bin/sh';
    for (const command of written.command.split(' && ')) runIn(s, command);
    expect(s.shared.git('show', 'backlog/A2:backlog/A2-show-the-price.md')).toContain('Show the price');
    expect(s.shared.git('rev-parse', 'main')).toBe(main);
    const { doc } = await s.rota(['status']);
    expect(doc.uncommitted).toMatchObject([
      { task: 'A3', command: expect.not.stringContaining('switch main') },
    ]);
  });

  test('edit changes only its keys in the folder, on top of what is not merged yet', async () => {
    const s = await open();
    await s.rota(['add', 'Show the price']);
    const edited = await s.rota(['edit', 'A2', 'status=ready', 'priority=high']);
    expect(edited).toMatchObject({
      code: 0,
      doc: { id: 'A2', commit: null, written: [{ file: expect.any(String) }] },
    });
    expect(s.home.read(edited.doc.file)).toContain('status: ready\n');
    s.home.write(taskFile('A1'), taskText('A1').replace('days', 'days, or weeks'));
    await s.rota(['edit', 'A1', 'priority=low']);
    const text = s.home.read(taskFile('A1'));
    expect(text).toContain('priority: low\n');
    expect(text).toContain('days, or weeks');
    expect(text).toContain('# notes of ours about A1\n');
    expect(s.onMain(taskFile('A1'))).toContain('priority: medium\n');
    expect((await s.rota(['edit', 'A1', 'priority=low'])).doc).toMatchObject({ written: [] });
    expect(readdirSync(`${s.home.root}/backlog`).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('lock and unlock write the block there; a worker that has the task loses it at once', async () => {
    const s = await open();
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    const locked = await s.rota(['lock', 'A1']);
    expect(locked).toMatchObject({ code: 0, doc: { id: 'A1', commit: null } });
    expect(locked.doc.revoked).toContain('developer');
    expect(s.home.read(taskFile('A1'))).toMatch(/^lock: /m);
    expect(s.onMain(taskFile('A1'))).not.toMatch(/^lock: /m);
    s.agent.goOn('work');
    expect((await ended).doc).toMatchObject({ outcome: 'revoked' });
    expect(s.record('A1')?.state ?? null).toBe(null);
    await s.rota(['unlock', 'A1']);
    expect(s.home.read(taskFile('A1'))).toBe(taskText('A1'));
  });

  test('blocked stays in the ref; edit status=ready lifts it without touching main', async () => {
    const s = await open();
    const main = s.shared.git('rev-parse', 'main');
    s.agent.script(
      'A1',
      [{ result: '---\noutcome: blocked\nquestion: Which greeting?\nsummary: unsure\n---\n' }],
      [{ write: { 'src/a.txt': 'a\n' } }],
    );
    expect((await s.run()).doc).toMatchObject({ outcome: 'blocked' });
    expect(s.shared.git('rev-parse', 'main')).toBe(main);
    expect((await s.rota(['list'])).doc[0]).toMatchObject({
      state: 'blocked',
      status: 'ready',
      reason: 'Which greeting?',
    });
    expect((await s.run()).doc).toMatchObject({ outcome: 'idle' });
    await s.rota(['edit', 'A1', 'status=ready']);
    expect((await s.run()).doc).toMatchObject({ outcome: 'proposed' });
    expect(s.shared.git('rev-parse', 'main')).toBe(main);
  });

  test('a link in the way is not followed, a bare repository is refused, and without a remote nothing starts', async () => {
    const s = await open();
    s.home.git('rm', '-rq', 'backlog');
    symlinkSync(s.box.env['HOME']!, `${s.home.root}/backlog`);
    const linked = await s.rota(['add', 'Show the price']);
    expect(linked).toMatchObject({ code: 3, doc: { error: { code: 'files' } } });
    expect(readdirSync(s.box.env['HOME']!)).not.toContain('A2-show-the-price.md');

    const bare = s.box.clone(s.shared.root, 'other');
    bare.git('config', 'core.bare', 'true');
    expect((await s.rota(['add', 'Show the price'], bare)).doc.error.code).toBe('repository');

    const alone = await scene({ config: { integrate: 'pr' } });
    const end = await alone.run();
    expect(end).toMatchObject({ code: 2, doc: { error: { code: 'config' } } });
    expect(end.doc.error.message).toContain('integrate: pr');
    expect(end.doc.error.message).toContain('remote');
  });
});

function runIn(s: Scene, command: string): void {
  const words = [...command.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  s.home.git(...words.slice(1));
}

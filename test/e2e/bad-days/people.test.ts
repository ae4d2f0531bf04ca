import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { landings, landSoon } from '../../support/aftermath.ts';
import { during, WORK } from '../../support/during.ts';
import { taskFile } from '../../support/scene.ts';
import { until } from '../../support/until.ts';

const FILE = taskFile('A1');

/** A person does something while the agent works, or while the gate runs. */
describe.each(['agent', 'gate'] as const)('a person, while the %s works,', (moment) => {
  const { open, meanwhile, landed, waits } = during(moment);

  test('edits the body of the task: what was asked is not what was done, and the next attempt does it', async () => {
    const s = await open();
    const end = await meanwhile(s, () => s.edit('A1', (text) => `${text}- [ ] and says goodbye\n`));
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
    expect(end.doc.reason).toContain('changed on main');
    await landSoon(s);
    expect(s.onMain(FILE)).toContain('- [ ] and says goodbye\n');
    expect(s.agent.prompt('A1', 2)).toContain('and says goodbye');
  });

  test('edits only the priority: the work lands and the edit stays', async () => {
    const s = await open();
    await landed(s, () =>
      s.edit('A1', (text) => text.replace('priority: medium', 'priority:   low # later')),
    );
    expect(s.onMain(FILE)).toContain('\npriority:   low # later\n');
    expect(s.onMain(FILE)).toContain("status: 'done'");
  });

  test('deletes the lock block: revoked, the work is kept, and the task is free again', async () => {
    const s = await open();
    const end = await meanwhile(s, () => s.edit('A1', (text) => text.replace(/^lock: .*\n/m, '')));
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked' } });
    expect(landings(s)).toEqual([]);
    expect(s.home.git('show', `${end.doc.branch}:src/a.txt`)).toBe('a');
    await landSoon(s);
  });

  test('deletes the task file: revoked, the work is kept, the file stays away', async () => {
    const s = await open();
    const end = await meanwhile(s, () => {
      s.home.git('rm', '-q', FILE);
      s.home.git('commit', '-qm', 'person: not needed');
    });
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked' } });
    expect(s.home.exists(FILE)).toBe(false);
    expect(s.home.git('show', `${end.doc.branch}:src/a.txt`)).toBe('a');
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
    expect(s.history()[0]).toBe('person: not needed');
  });

  test('renames the task file: it is the same task and lands under its new name', async () => {
    const s = await open();
    await landed(s, () => {
      s.home.git('mv', FILE, 'backlog/A1-say-hello.md');
      s.home.git('commit', '-qm', 'person: a better name');
    });
    expect(s.home.exists(FILE)).toBe(false);
    expect(s.onMain('backlog/A1-say-hello.md')).toContain("status: 'done'");
    expect(s.onMain('backlog/A1-say-hello.md')).not.toContain('lock:');
  });

  test('commits something else to main: gated together, both are there', async () => {
    const s = await open();
    await landed(s, () => s.home.commit('person: docs', { 'docs/a.md': 'mine\n' }));
    expect(s.onMain('docs/a.md')).toBe('mine\n');
    expect(s.home.git('log', '-1', '--format=%s', 'main^1')).toBe('person: docs');
    expect(s.home.git('status', '--porcelain')).toBe('');
  });

  test('commits the opposite to main: a conflict, and their text stays', async () => {
    const s = await open();
    const end = await meanwhile(s, () => s.home.commit('person: greet', { 'src/greet.txt': 'hi there\n' }));
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'conflict' } });
    expect(end.doc.reason).toContain('src/greet.txt');
    expect(s.home.read('src/greet.txt')).toBe('hi there\n');
    await landSoon(s);
    expect(s.home.git('log', '--format=%s')).toContain('person: greet');
  });

  test('breaks main: nothing lands on it, and the task lands when main is mended', async () => {
    const s = await open();
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached(moment);
    s.home.commit('person: oops', { broken: 'x\n' });
    s.agent.goOn(moment);
    expect(await ended).toMatchObject({ code: 1, doc: { outcome: 'main-red' } });
    expect(landings(s)).toEqual([]);
    s.home.git('rm', '-q', 'broken');
    s.home.git('commit', '-qm', 'person: mended');
    expect(await s.run()).toMatchObject({ doc: { outcome: 'landed' } });
  });

  test('rebases main and is stopped by a conflict: waits, and lands when the rebase is over', async () => {
    const s = await open();
    // The branch was made on main as it was before the rebase: what the person settled meets the agent once more.
    s.agent.script(
      'A1',
      [{ write: WORK }, { pause: 'agent' }],
      [{ sh: 'git checkout -q --theirs docs/a.md' }],
    );
    s.home.git('branch', 'side');
    s.home.commit('person: one', { 'docs/a.md': 'one\n' });
    s.home.git('switch', '-q', 'side');
    s.home.commit('person: other', { 'docs/a.md': 'other\n' });
    s.home.git('switch', '-q', 'main');
    await waits(s, () => expect(() => s.home.git('rebase', 'side')).toThrow(/conflict/i), /rebase/);
    expect((await s.rota(['sweep'])).doc.landed).toEqual([]);
    s.home.write('docs/a.md', 'both\n');
    s.home.git('add', 'docs/a.md');
    s.home.git('-c', 'core.editor=true', 'rebase', '--continue');
    await landSoon(s);
    expect(s.home.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(s.home.read('docs/a.md')).toBe('both\n');
    expect(s.home.git('status', '--porcelain')).toBe('');
  });

  test('has a commit message open: waits, their commit succeeds, then it lands', async () => {
    const s = await open();
    s.home.write('docs/a.md', 'mine\n');
    s.home.git('add', 'docs/a.md');
    const at = (name: string) => join(s.box.folder, name);
    s.home.write(
      '../editor',
      `#!/bin/sh\ntouch ${at('open')}\nwhile ! test -e ${at('close')}; do sleep 0.02; done\necho 'person: slowly' > "$1"\n`,
    );
    let commit: Promise<number | null> | undefined;
    await waits(
      s,
      () => {
        const env = { ...s.box.env, GIT_EDITOR: at('editor') };
        const child = spawn('git', ['commit'], { cwd: s.home.root, env, stdio: 'ignore' });
        commit = new Promise((done) => child.on('close', done));
        return until(() => s.home.exists('../open'), 'the editor did not open');
      },
      /commit/,
    );
    s.home.write('../close', '');
    expect(await commit).toBe(0);
    expect(s.history()[0]).toBe('person: slowly');
    await landSoon(s);
    expect(s.onMain('docs/a.md')).toBe('mine\n');
  });

  test('pulls a colleague, as a merge and as a rebase: both are there', async () => {
    const s = await open();
    const colleague = s.clone('colleague');
    await landed(s, () => {
      colleague.commit('colleague: one', { 'docs/one.md': 'one\n' });
      s.home.commit('person: two', { 'docs/two.md': 'two\n' });
      s.home.git('pull', '-q', '--no-rebase', '--no-edit', colleague.root, 'main');
      colleague.commit('colleague: three', { 'docs/three.md': 'three\n' });
      s.home.git('pull', '-q', '--rebase', colleague.root, 'main');
    });
    for (const name of ['one', 'two', 'three']) expect(s.onMain(`docs/${name}.md`)).toBe(`${name}\n`);
    expect(s.home.git('status', '--porcelain')).toBe('');
  });

  test('amends the commit that shows the lock', async () => {
    const s = await open();
    await landed(s, () => {
      s.home.write('README.md', '# amended\n');
      s.home.git('commit', '-qa', '--amend', '-m', 'person: amended');
    });
    expect(s.onMain('README.md')).toBe('# amended\n');
    expect(s.onMain(FILE)).not.toContain('lock:');
  });

  test('throws the commit away that shows the lock', async () => {
    const s = await open();
    await landed(s, () => s.home.git('reset', '-q', '--hard', 'HEAD~1'));
    expect(s.history()).toEqual(['feat(A1): Greet from A1']);
    expect(s.onMain(FILE)).toContain("status: 'done'");
  });
});

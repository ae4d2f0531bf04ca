import { describe, expect, test } from 'vitest';
import { expectTidy, type Scene, scene, taskFile } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const WORK: Step = { write: { 'src/a.txt': 'a\n' } };
const PR = { integrate: 'pr' };

/** The server takes everything but branches of rota's. */
function refuseBranches(s: Scene, refuse: boolean): void {
  const hook = refuse
    ? '#!/bin/sh\nwhile read old new ref; do case $ref in refs/heads/ai/*) echo frozen today; exit 1;; esac; done\nexit 0\n'
    : '#!/bin/sh\nexit 0\n';
  s.shared.write('hooks/pre-receive', hook);
}

describe('work that cannot be proposed now', () => {
  test('the branch is refused: waiting, with the words; a sweep proposes it without the agent', async () => {
    const s = await scene({ hub: 'file', config: PR });
    s.agent.script('A1', [WORK, { result: '---\noutcome: done\ntasks: [{id: NEW-1, title: More}]\n---\n' }]);
    refuseBranches(s, true);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting', task: 'A1', pr: null } });
    expect(end.doc.reason).toContain('frozen today');
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({ state: 'waiting', lock: null, attempts: 0 });
    expect(s.record('A1')).not.toHaveProperty('proposal');
    expect(s.record('A2')).toBe(null);
    refuseBranches(s, false);
    const swept = await s.rota(['sweep']);
    expect(swept.doc.followed).toMatchObject([{ task: 'A1', branch: BRANCH }]);
    expect(s.record('A1')).toMatchObject({ state: 'proposed', pr: `branch ${BRANCH}`, lock: null });
    expect(s.record('A2')).toMatchObject({ state: 'reserved', reason: 'proposed with A1' });
    expect(s.shared.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    expect(s.agent.turns('A1')).toBe(1);
    expect(s.history()).toEqual([]);
  });

  test('somebody pushed to the branch meanwhile: nothing is forced, the next run takes it in', async () => {
    const s = await scene({ hub: 'file', config: PR });
    s.agent.script('A1', [WORK, { pause: 'work' }], [{ sh: 'test -e src/theirs.txt' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.home.git('switch', '-q', '-c', 'mine', 'main');
    const theirs = s.home.commit('feat: theirs', { 'src/theirs.txt': 'theirs\n' });
    s.home.git('push', '-q', s.shared.root, `mine:refs/heads/${BRANCH}`);
    s.home.git('switch', '-q', 'main');
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
    expect(end.doc.reason).toContain('has commits that are not here');
    expect(s.shared.git('rev-parse', BRANCH)).toBe(theirs);
    s.edit('A1', (text) => text.replace('politely', 'kindly'));
    const again = await s.run();
    expect(again).toMatchObject({ code: 0, doc: { outcome: 'proposed' } });
    s.shared.git('merge-base', '--is-ancestor', theirs, BRANCH);
    expect(s.shared.git('show', `${BRANCH}:src/theirs.txt`)).toBe('theirs');
  });

  test('a task that a person drops while the gate runs is not proposed', async () => {
    const s = await scene({
      hub: 'file',
      config: (agent) => ({ ...PR, gate: `["${agent.pauseCommand('gate')}"]` }),
    });
    s.agent.script('A1', [WORK]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('gate');
    s.edit('A1', (text) => text.replace("'ready'", "'dropped'"));
    s.agent.goOn('gate');
    expect(await ended).toMatchObject({ code: 1, doc: { outcome: 'revoked' } });
    expect(s.record('A1')?.state ?? null).toBe(null);
    expect(s.shared.git('show', `${BRANCH}:${taskFile('A1')}`)).toContain("status: 'ready'");
  });

  test('main moved outside the backlog while the gate ran: proposed all the same, on the main that was gated', async () => {
    const s = await scene({
      hub: 'file',
      config: (agent) => ({ ...PR, gate: `["${agent.pauseCommand('gate')}"]` }),
    });
    s.agent.script('A1', [WORK]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('gate');
    const gated = s.shared.git('rev-parse', 'main');
    s.home.commit('docs: more', { 'README.md': '# more\n' });
    s.home.git('push', '-q', 'origin', 'main');
    s.agent.goOn('gate');
    expect((await ended).doc).toMatchObject({ outcome: 'proposed' });
    expect(s.record('A1').proposal).toMatchObject({ base: gated });
  });

  test('merge mode: work that loses every race for main is proposed, if rota.yaml says so', async () => {
    const s = await scene({
      hub: 'file',
      config: (agent) => ({
        'pull-request': '{after-lost-races: true}',
        gate: `["sh ${agent.command[2]}/move-main"]`,
      }),
    });
    const other = s.clone('other');
    const desk = s.agent.command[2]!;
    s.home.write(
      '../desk/move-main',
      `cd ${other.root} && git pull -q origin main && date +%s%N >> moved.txt && echo x >> ${desk}/gates &&
       git add -A && git commit -qm moved && git push -q origin HEAD:main\n`,
    );
    s.agent.script('A1', [WORK]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'proposed', pr: `branch ${BRANCH}` } });
    expect(s.home.read('../desk/gates')).toBe('x\n'.repeat(5));
    expect(s.record('A1')).toMatchObject({ state: 'proposed', lock: null });
    expect(s.shared.git('show', `${BRANCH}:${taskFile('A1')}`)).toMatch(/^status: '?done'?/m);
    // The block on main goes with the request: taking it out before would conflict with it.
    const before = s.onMain(taskFile('A1'));
    await s.rota(['sweep']);
    expect(s.onMain(taskFile('A1'))).toBe(before);
    s.home.git('fetch', '-q', s.shared.root, 'main', BRANCH);
    s.home.git('switch', '-q', '--detach', s.shared.git('rev-parse', 'main'));
    s.home.git('merge', '-q', '--no-edit', s.shared.git('rev-parse', BRANCH));
    expect(s.home.read(taskFile('A1'))).not.toMatch(/^lock: /m);
  });
});

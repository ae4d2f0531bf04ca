import { describe, expect, test } from 'vitest';
import { expectTidy, type Scene, type SceneWish, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const WORK: Step = { write: { 'src/a.txt': 'a\n' } };

function forgeScene(
  wish: SceneWish = {},
  pullRequest = '{labels: [rota], reviewers: [mike]}',
): Promise<Scene> {
  const config = { integrate: 'pr', 'pull-request': pullRequest, ...(wish.config ?? {}) };
  return scene({ ...wish, hub: 'forge', config });
}

describe('integrate: pr, with the real gh', () => {
  test('a request is opened with task, criteria, evidence and trailers; show, list, status, log and why name it', async () => {
    const s = await forgeScene();
    s.agent.script('A1', [WORK, { result: resultText(RESULT) }]);
    const end = await s.run();
    const url = `https://${s.forge!.host}/acme/shop/pull/1`;
    expect(end).toMatchObject({
      code: 0,
      doc: { outcome: 'proposed', pr: url, reason: null, branch: BRANCH },
    });
    expectTidy(s, end);
    const request = s.forge!.get(1);
    expect(request).toMatchObject({ branch: BRANCH, base: 'main', state: 'OPEN', labels: ['rota'] });
    expect(request).toMatchObject({ reviewers: ['mike'], draft: false, head: end.doc.commit });
    expect(request.title).toBe('feat(A1): greet everybody');
    expect(request.body).toContain('- [x] greets: src/a.txt says so');
    expect(request.body).toContain('### Gate');
    expect(request.body).toContain('test ! -e broken: passed in');
    expect(request.body).toMatch(/^Task: A1$/m);
    expect(request.body).toMatch(new RegExp(`^Run: ${end.doc.run}$`, 'm'));
    expect(request.body).toContain('@&#8203;mike');
    expect(request.body).not.toMatch(/@mike|fixes #1\b|<script>/);
    expect(s.record('A1')).toMatchObject({ state: 'proposed', pr: url, lock: null, reason: null });

    expect((await s.rota(['show', 'A1'])).doc).toMatchObject({ state: 'proposed', pr: url });
    expect((await s.rota(['list'])).doc[0]).toMatchObject({ state: 'proposed', pr: url });
    expect((await s.rota(['status'])).doc.proposed).toMatchObject([{ task: 'A1', pr: url }]);
    expect((await s.rota(['log', 'A1'])).doc.at(-1)).toMatchObject({ event: 'proposed' });
    expect(JSON.stringify((await s.rota(['why', 'A1'])).doc)).toContain(url);
    const words = await s.home.rota(['status']);
    expect(words.stdout).toContain(url);
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
  });

  test('what depends on it runs after the merge', async () => {
    const s = await forgeScene({
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2', { depends: '[A1]' }) },
    });
    s.agent.script('A1', [WORK]);
    s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n' } }]);
    expect((await s.run()).doc).toMatchObject({ outcome: 'proposed', task: 'A1' });
    const idle = await s.rota(['next', 'developer', '--fetch']);
    expect(idle.doc.explain.find(({ id }: { id: string }) => id === 'A2').reason).toContain('waits for A1');
    expect((await s.run()).doc).toMatchObject({ outcome: 'idle' });
    s.forge!.merge(1, 'merge');
    expect((await s.run()).doc).toMatchObject({ outcome: 'proposed', task: 'A2' });
    expect(s.forge!.get(2).branch).toBe('ai/developer/A2-greet-from-a2');
  });

  test('with as many open requests as there may be nothing new is picked', async () => {
    const s = await forgeScene(
      { tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') } },
      '{max-open: 1}',
    );
    s.agent.script('A1', [WORK]);
    expect((await s.run()).doc).toMatchObject({ outcome: 'proposed', task: 'A1' });
    const idle = await s.run();
    expect(idle).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
    expect(idle.doc.reason).toContain('1 of 1 pull requests are open');
    const { doc } = await s.rota(['next', 'developer', '--fetch']);
    expect(doc.explain.find(({ id }: { id: string }) => id === 'A2').reason).toContain('max-open');
    expect((await s.run('A2')).doc.reason).toContain('1 of 1 pull requests are open');
    expect(s.agent.turns('A2')).toBe(0);
  });

  test.each([
    ['offline', /offline|reach|connect/i],
    ['rate-limited', /rate limit/i],
    ['logged-out', /log/i],
    ['page', /answer/i],
    ['nonsense', /answer|expected/i],
  ] as const)('the forge is %s: the branch is pushed, the reason says what to do', async (how, words) => {
    const s = await forgeScene();
    s.agent.script('A1', [WORK]);
    s.forge!.behave(how);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'proposed', pr: null, branch: BRANCH } });
    expect(end.doc.reason).toMatch(words);
    expect(end.doc.reason).toContain(`${BRANCH} is pushed`);
    expectTidy(s, end);
    expect(s.shared.git('rev-parse', BRANCH)).toBe(end.doc.commit);
    expect(s.record('A1')).toMatchObject({ state: 'proposed', pr: null, lock: null, reason: end.doc.reason });
    expect(s.forge!.all()).toEqual([]);
  });
});

const RESULT = `outcome: done
summary: "Greets everybody, fixes #1 for @mike <script>alert(1)</script>"
commit: {type: feat, subject: greet everybody}
criteria: [{text: greets, met: yes, proof: "src/a.txt says so"}]`;

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { expectTidy, type Scene, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const PR = { integrate: 'pr' };

describe('integrate: pr, with a plain remote', () => {
  test('finished work is pushed in its final form, and main stays', async () => {
    const s = await scene({ hub: 'file', config: PR });
    s.agent.script('A1', [
      { write: { 'src/a.txt': 'a\n' } },
      { result: resultText(RESULT, 'More about it.\n') },
    ]);
    const main = s.shared.git('rev-parse', 'main');
    const end = await s.run();
    expect(end).toMatchObject({
      code: 0,
      doc: { outcome: 'proposed', task: 'A1', pr: `branch ${BRANCH}`, worktree: null, branch: BRANCH },
    });
    expectTidy(s, end);
    expect(s.shared.git('rev-parse', 'main')).toBe(main);
    const head = s.shared.git('rev-parse', BRANCH);
    expect(end.doc.commit).toBe(head);
    expect(s.record('A1')).toMatchObject({
      state: 'proposed',
      lock: null,
      pr: `branch ${BRANCH}`,
      proposal: { branch: BRANCH, head, base: main },
      attempts: 0,
    });
    expect(onBranch(s, taskFile('A1'))).toMatch(/^status: '?done'? {3}# for work$/m);
    expect(onBranch(s, taskFile('A1'))).toContain('| developer | A1 | proposed |');
    expect(onBranch(s, taskFile('A1'))).not.toContain('lock:');
    expect(onBranch(s, 'src/a.txt')).toBe('a\n');
    expect(onBranch(s, 'backlog/A2-a-page-limit.md')).toContain('status: draft');
    expect(s.record('A2')).toMatchObject({ state: 'reserved', lock: null, reason: 'proposed with A1' });
    expect(s.shared.git('log', '-1', '--format=%s', BRANCH)).toBe('feat(A1): greet everybody');
    expect(s.shared.git('log', '-1', '--format=%(trailers:key=Gated,valueonly)', BRANCH).trim()).toBe(
      s.shared.git('rev-parse', `${BRANCH}^{tree}`),
    );
    expect(s.worktrees()).toEqual([]);
  });
});

const RESULT = `outcome: done
summary: Greets everybody
commit: {type: feat, subject: greet everybody}
criteria: [{text: greets, met: yes, proof: "src/a.txt says so"}]
tasks: [{id: NEW-1, title: A page limit, type: chore}]`;

function onBranch(s: Scene, path: string, branch = BRANCH): string {
  return `${s.shared.git('show', `${branch}:${path}`)}\n`;
}
void [parse, taskText];

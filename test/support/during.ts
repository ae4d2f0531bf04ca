import { expect } from 'vitest';
import { expectSound, landings, redCommits } from './aftermath.ts';
import { expectTidy, type RunEnd, type Scene, type SceneWish, scene } from './scene.ts';

/** What the agent writes, in every turn. */
export const WORK = { 'src/greet.txt': 'HELLO\n', 'src/a.txt': 'a\n' };

type Moment = 'agent' | 'gate';

/** For what a person does while the agent works, or while the gate runs. */
export function during(moment: Moment) {
  async function open(wish: SceneWish = {}): Promise<Scene> {
    const s = await scene({
      ...wish,
      config: (agent) => ({ gate: `["${agent.pauseCommand('gate')}", "test ! -e broken"]` }),
    });
    const turn = [
      { write: WORK },
      { sh: 'git add -A && { git diff --cached --quiet || git commit -qm mine; }' },
      { pause: 'agent' },
    ];
    s.agent.script('A1', turn, turn, turn, turn);
    s.agent.goOn(moment === 'agent' ? 'gate' : 'agent');
    return s;
  }

  async function meanwhile(s: Scene, act: () => unknown): Promise<RunEnd> {
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached(moment);
    await act();
    s.agent.goOn(moment);
    const end = await ended;
    expectTidy(s, end);
    expect(redCommits(s)).toEqual([]);
    return end;
  }

  async function landed(s: Scene, act: () => unknown): Promise<void> {
    const end = await meanwhile(s, act);
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    await expectSound(s);
    expect(s.onMain('src/a.txt')).toBe('a\n');
  }

  async function waits(s: Scene, act: () => unknown, reason: string | RegExp): Promise<RunEnd> {
    const end = await meanwhile(s, act);
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
    expect(end.doc.reason).toMatch(reason);
    expect(landings(s)).toEqual([]);
    expect(s.record('A1')).toMatchObject({ state: 'waiting', lock: null });
    return end;
  }

  return { open, meanwhile, landed, waits };
}

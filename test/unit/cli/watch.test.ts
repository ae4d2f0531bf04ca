import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { liveBlock } from '../../../src/cli/report/live-block.ts';
import { displayWidth } from '../../../src/cli/text/display-width.ts';
import { watchLine, watchStatus } from '../../../src/cli/text/watch-lines.ts';
import type { AgentActivity, RotaEvent } from '../../../src/events.ts';
import { afterEvent, NOTHING_YET, type RunView } from '../../../src/run/watch/run-view.ts';
import type { WatchedRun } from '../../../src/run/watch/watch-runs.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds));
const view = (...events: [number, RotaEvent][]): RunView =>
  events.reduce((now, [seconds, event]) => afterEvent(now, { at: at(seconds), event }), NOTHING_YET);
const step = (name: 'agent' | 'gate', state: 'started' | 'done' = 'started'): RotaEvent => ({
  ...{ type: 'step', step: name, state, detail: null },
});
const does = (activity: AgentActivity): RotaEvent => ({ type: 'activity', activity });
const used = (input: number, usd: number | null = null) =>
  does({ kind: 'usage', usage: { input, cached: 10, output: 5, usd } });

const watched = (more: Partial<WatchedRun> = {}): WatchedRun => ({
  facts: {
    ...{ run: 'R', role: 'developer', task: 'A1', branch: 'ai/x', by: 'me', machine: 'm', boot: 'b' },
    ...{
      pidNamespace: 'n',
      pid: 1,
      started: '1',
      since: at(0).toISOString(),
      worktree: null,
      adminDir: null,
    },
    ...{ base: null, pgid: null, outcome: null, ended: null, limits: { time: 600_000, stall: 120_000 } },
  },
  view: NOTHING_YET,
  output: null,
  worked: 0,
  ...more,
});

describe('afterEvent', () => {
  it('knows step, turn, the newest doing, and what all turns used', () => {
    const now = view(
      [1, step('agent')],
      [2, does({ kind: 'tool', name: 'Bash', detail: 'npm test' })],
      [3, used(100, 0.5)],
      [4, { type: 'turn', turn: 1, ended: 'exit 0', seconds: 3 }],
      [5, step('gate')],
      [6, step('agent')],
      [7, used(30, 0.25)],
      [8, used(60, 0.75)],
    );
    expect(now).toMatchObject({ step: 'agent', since: at(6), turn: 2, activity: null, heard: at(8) });
    expect(now.usage).toEqual({ input: 160, cached: 20, output: 10, usd: 1.25 });
  });

  it('forgets what was done when the step is over', () => {
    const now = view([1, step('agent')], [2, does({ kind: 'edit', path: 'a' })], [3, step('agent', 'done')]);
    expect(now).toMatchObject({ step: 'agent', activity: null });
    expect(view([1, { type: 'outcome', outcome: 'landed', reason: null }]).outcome).toEqual({
      outcome: 'landed',
      reason: null,
    });
  });
});

describe('watchStatus', () => {
  const busy = view(
    [10, step('agent')],
    [20, does({ kind: 'tool', name: 'Bash', detail: 'npm test' })],
    [30, used(12_345)],
  );

  it('says what is left of both limits, by the newest sign of life', () => {
    const lines = (more: Partial<WatchedRun>) => watchStatus([watched({ view: busy, ...more })], at(70), 100);
    expect(lines({})).toEqual([
      'developer A1: agent, turn 1, 1 min · 9 min left · stalls in 1 min',
      '  Bash npm test',
      '  12.4k tokens in (10 cached), 5 out',
    ]);
    const output = { log: 'agent-1.log', size: 5, line: 'x', changed: at(60).getTime() };
    expect(lines({ output })[0]).toContain('stalls in 1 min');
    expect(lines({ worked: at(70).getTime() })[0]).toContain('stalls in 2 min');
    expect(lines({ output: { ...output, log: 'setup-1.log', changed: at(70).getTime() } })[0]).toContain(
      'in 1 min',
    );
    expect(watchStatus([watched({ view: busy })], at(3_000), 100)[0]).toContain('0 s left · stalls in 0 s');
  });

  it('shows the output of what the run waits for, and of nothing else', () => {
    const output = { log: 'gate-1-1.log', size: 2_048, line: '12 of 40', changed: 0 };
    const gate = { view: view([1, step('gate')]), output };
    expect(watchStatus([watched(gate)], at(3), 80)).toEqual([
      'developer A1: gate, 2 s',
      '  12 of 40 (2.0 kB of output)',
    ]);
    expect(
      watchStatus([watched({ ...gate, output: { ...output, log: 'setup-1.log' } })], at(3), 80),
    ).toHaveLength(1);
    expect(watchStatus([watched({ ...gate, output: { ...output, line: '' } })], at(3), 80)[1]).toBe(
      '  2.0 kB of output',
    );
  });

  it.each([20, 40, 80])('is never wider than %i columns, nor harmful', (width) => {
    const text = view(
      [1, step('agent')],
      [2, does({ kind: 'text', text: `語\u001b[2J${'語'.repeat(200)}\n# x` })],
    );
    const facts = { ...watched().facts, role: 'r\u001b[31m', task: '\u202eA1' };
    for (const line of watchStatus([watched({ facts, view: text })], at(3), width)) {
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(line).not.toMatch(/[\u0000-\u001f\u007f\u202e]/);
    }
  });
});

describe('watchLine', () => {
  const style = { colors: pc.createColors(false), width: 40 };
  const line = (event: RotaEvent) => watchLine(watched(), { at: at(0), event }, style)?.slice(9);

  it('has a line for everything but numbers', () => {
    expect(line(does({ kind: 'edit', path: 'src/a.ts' }))).toBe('developer A1 edit edits src/a.ts');
    expect(line(does({ kind: 'permission', granted: false, detail: 'rm' }))).toContain('denied: rm');
    expect(line({ type: 'outcome', outcome: 'landed', reason: null })).toBe('developer A1 landed');
    expect(line(used(5))).toBe(undefined);
    expect(displayWidth(line(does({ kind: 'text', text: 'x'.repeat(500) }))!)).toBeLessThanOrEqual(40);
  });
});

describe('liveBlock', () => {
  function terminal() {
    let out = '';
    const screen = { width: 40 };
    const block = liveBlock(
      (text) => (out += text),
      () => screen.width,
      (line) => line,
    );
    const take = () => {
      const taken = out;
      out = '';
      return taken;
    };
    return { screen, block, take };
  }

  it('draws over its own lines, and writes nothing while nothing changes', () => {
    const { block, take } = terminal();
    block.show(['one', 'two']);
    expect(take()).toBe('one\ntwo');
    block.show(['one', 'two']);
    expect(take()).toBe('');
    block.print('done');
    expect(take()).toBe('\r\u001b[1A\u001b[Jdone\none\ntwo');
    block.show([]);
    expect(take()).toBe('\r\u001b[1A\u001b[J');
    block.end();
    expect(take()).toBe('');
  });

  it('clears what a narrower window has wrapped', () => {
    const { screen, block, take } = terminal();
    block.show(['x'.repeat(39), 'short']);
    take();
    screen.width = 20;
    block.show(['x'.repeat(19), 'short']);
    expect(take()).toBe(`\r\u001b[2A\u001b[J${'x'.repeat(19)}\nshort`);
  });
});

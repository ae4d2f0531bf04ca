import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { eventWords } from '../../../src/cli/report/event-words.ts';
import { liveReporter } from '../../../src/cli/report/live-reporter.ts';
import { plainReporter } from '../../../src/cli/report/plain-reporter.ts';
import { displayWidth } from '../../../src/cli/text/display-width.ts';
import type { RotaEvent, SentEvent } from '../../../src/events.ts';

const at = new Date(2026, 10, 20, 11, 3, 23);
const sent = (event: RotaEvent, run = 'R1', task: string | null = 'A32'): SentEvent => ({
  at,
  role: 'developer',
  task,
  run,
  event,
});
const step = (
  name: 'claim' | 'agent',
  state: 'started' | 'done' | 'skipped' | 'failed',
  detail: string | null = null,
): RotaEvent => ({
  type: 'step',
  step: name,
  state,
  detail,
});
const EVENTS: readonly RotaEvent[] = [
  step('agent', 'failed', 'exit 1'),
  { type: 'gate', name: 'npm test', passed: false, seconds: 2.34, detail: '3 failed' },
  { type: 'flaky', command: 'npm test', test: 'adds' },
  { type: 'notice', level: 'warning', message: 'careful' },
  { type: 'turn', turn: 2, ended: 'exit 0', seconds: 75 },
  { type: 'sweep', action: 'freed', task: 'A1', reason: 'dead' },
  { type: 'race', over: 'landing', seconds: 61.25, detail: 'main moved while the gate ran\u001b[2J' },
  { type: 'outcome', outcome: 'landed', reason: null },
];

describe('plain lines', () => {
  test('HH:MM:SS role task step detail, starts only of what takes long', () => {
    const lines: string[] = [];
    const { emit } = plainReporter((line) => lines.push(line));
    emit(sent(step('claim', 'started')));
    emit(sent(step('claim', 'done', 'a title')));
    emit(sent(step('agent', 'started', 'mine')));
    for (const event of EVENTS) emit(sent(event));
    emit(sent({ type: 'notice', level: 'info', message: 'x' }, 'R1', null));
    expect(lines).toEqual([
      '11:03:23 developer A32 claim a title',
      '11:03:23 developer A32 agent started: mine',
      '11:03:23 developer A32 agent failed: exit 1',
      '11:03:23 developer A32 gate npm test: red after 2.3 s: 3 failed',
      '11:03:23 developer A32 flaky adds failed, then passed (npm test)',
      '11:03:23 developer A32 warning careful',
      '11:03:23 developer A32 agent turn 2: exit 0 after 1 min',
      '11:03:23 developer A32 freed dead',
      '11:03:23 developer A32 race lost the landing after 61.3 s: main moved while the gate ran',
      '11:03:23 developer A32 landed',
      '11:03:23 developer - info x',
    ]);
  });

  test('what agents wrote stays one harmless line', () => {
    const evil = 'a\u001b[2J\nb\u0007\u202ec';
    const events: RotaEvent[] = [
      step('agent', 'done', evil),
      step('agent', 'failed', evil),
      { type: 'gate', name: evil, passed: true, seconds: 1, detail: evil },
      { type: 'notice', level: 'info', message: evil },
      { type: 'flaky', command: evil, test: evil },
      { type: 'turn', turn: 1, ended: evil, seconds: 1 },
      { type: 'sweep', action: 'kept', task: evil, reason: evil },
      { type: 'outcome', outcome: 'blocked', reason: evil },
    ];
    for (const event of events) {
      const { what, detail } = eventWords(event);
      expect(what + detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(detail).toContain('a b');
    }
  });
});

describe('the live list', () => {
  function live(width = 60) {
    let screen = '';
    let tick: (() => void) | null = null;
    let now = 0;
    const reporter = liveReporter({
      write: (text) => {
        screen += text;
      },
      colors: pc.createColors(false),
      width: () => width,
      monotonic: () => now,
      every: (_ms, action) => {
        tick = action;
        return () => {
          tick = null;
        };
      },
    });
    return {
      reporter,
      screen: () => screen.split('\r\u001b[2K').filter((piece) => piece !== ''),
      ticking: () => tick !== null,
      pass: (ms: number) => {
        now += ms;
        tick?.();
      },
    };
  }

  test('finished steps stay, one line tells what everybody does now, and it goes with the end', () => {
    const { reporter, screen, pass, ticking } = live();
    reporter.emit(sent(step('claim', 'started')));
    expect(ticking()).toBe(true);
    reporter.emit(sent(step('claim', 'done', 'a title')));
    expect(ticking()).toBe(false);
    reporter.emit(sent(step('agent', 'started')));
    reporter.emit(sent(step('claim', 'started'), 'R2', 'A40'));
    pass(5_000);
    expect(screen()).toContain('✔ developer A32 claim  a title\n');
    expect(screen().at(-1)).toMatch(/^. developer A32 agent 5 s · developer A40 claim 5 s$/);
    reporter.emit(sent({ type: 'outcome', outcome: 'landed', reason: null }));
    expect(screen().at(-1)).not.toContain('A32');
    reporter.end();
    expect(ticking()).toBe(false);
  });

  test('the newest thing that an agent does stands beside its worker, within the width, and costs nothing in between', () => {
    const { reporter, screen, pass } = live(90);
    const says = (text: string, run = 'R1', task = 'A32') =>
      reporter.emit(sent({ type: 'activity', activity: { kind: 'text', text } }, run, task));
    says('too early');
    reporter.emit(sent(step('agent', 'started')));
    const frames = screen().length;
    for (let n = 0; n < 10_000; n++) says(`line ${n}`);
    reporter.emit(
      sent({
        type: 'activity',
        activity: { kind: 'usage', usage: { input: 1, cached: 0, output: 1, usd: null } },
      }),
    );
    expect(screen()).toHaveLength(frames);
    pass(5_000);
    expect(screen().at(-1)).toMatch(/^. developer A32 agent 5 s: line 9999$/);
    reporter.emit(sent(step('agent', 'started'), 'R2', 'A40'));
    says(`\u001b[2J語${'語'.repeat(99)}`);
    pass(0);
    expect(screen().at(-1)).toMatch(/^. developer A32 agent 5 s: 語+… · developer A40 agent 0 s$/);
    expect(displayWidth(screen().at(-1)!)).toBeLessThanOrEqual(89);
    reporter.emit(sent(step('agent', 'done')));
    expect(screen().at(-1)).not.toContain('語');
  });
});

import { expect, it } from 'vitest';
import type { AdoptInput, AgentResult } from '../../../src/plan/adopt-input.ts';
import { decideOutcome } from '../../../src/plan/adopt-result.ts';

const MISSING: AgentResult = { kind: 'missing' };
const BAD: AgentResult = { kind: 'malformed', reason: 'line 2' };
const result = (
  outcome: 'done' | 'partial' | 'blocked',
  over: Partial<AgentResult & { kind: 'result' }> = {},
): AgentResult => ({ kind: 'result', outcome, summary: 'sum', question: null, criteria: [], ...over });
const exit = (code: number) => ({ end: { kind: 'exit' as const, code } });
const optional = { requirement: 'optional' as const };
const unmet = {
  criteria: [
    { text: 'works', met: true },
    { text: 'is fast', met: false },
  ],
};

it.each<[string, Partial<AdoptInput>, string, string]>([
  ['done with changes', { result: result('done') }, 'done', 'sum'],
  [
    'done without changes',
    { result: result('done'), changed: false },
    'blocked',
    'the agent changed nothing',
  ],
  [
    'done without changes, standing',
    { result: result('done'), changed: false, standing: true },
    'done',
    'sum',
  ],
  [
    'done, not all met',
    { result: result('done', unmet) },
    'partial',
    'the result says done, but not met: is fast',
  ],
  [
    'done, exit 1',
    { result: result('done'), ...exit(1) },
    'partial',
    'the result says done, but the agent exited with 1',
  ],
  ['partial', { result: result('partial') }, 'partial', 'sum'],
  ['partial, exit 1', { result: result('partial'), ...exit(1) }, 'partial', 'sum'],
  ['blocked', { result: result('blocked') }, 'blocked', 'sum'],
  ['blocked without changes', { result: result('blocked'), changed: false }, 'blocked', 'sum'],
  ['missing, required', {}, 'partial', 'the agent wrote no result'],
  ['missing, required, exit 1', exit(1), 'failed', 'the agent exited with 1'],
  ['missing, optional, changed', optional, 'done', 'the agent exited with 0 and wrote no result'],
  ['missing, optional, unchanged', { ...optional, changed: false }, 'blocked', 'the agent changed nothing'],
  [
    'missing, optional, unchanged, standing',
    { ...optional, changed: false, standing: true },
    'done',
    'the agent exited with 0 and wrote no result',
  ],
  ['missing, optional, exit 1', { ...optional, ...exit(1) }, 'failed', 'the agent exited with 1'],
  ['malformed', { result: BAD }, 'partial', 'the result cannot be read: line 2'],
  ['malformed, optional', { ...optional, result: BAD }, 'partial', 'the result cannot be read: line 2'],
  ['malformed, exit 1', { result: BAD, ...exit(1) }, 'failed', 'the agent exited with 1'],
  ['killed', { end: { kind: 'signal', signal: 'SIGKILL' } }, 'failed', 'the agent was killed by SIGKILL'],
  [
    'not installed',
    { end: { kind: 'not-started', reason: 'ENOENT' } },
    'failed',
    'the agent could not be started: ENOENT',
  ],
  [
    'timed out, though done',
    { end: { kind: 'timed-out' }, result: result('done') },
    'timed-out',
    'the time limit was reached',
  ],
  [
    'stalled',
    { end: { kind: 'stalled' } },
    'stalled',
    'the stall limit was reached: no output and no file activity',
  ],
  ['interrupted', { end: { kind: 'interrupted', signal: 'SIGTERM' } }, 'interrupted', 'stopped by SIGTERM'],
])('%s', (_name, over, outcome, reason) => {
  const input: AdoptInput = {
    ...{ agent: 'claude', failure: null },
    ...exit(0),
    result: MISSING,
    changed: true,
    requirement: 'required',
    standing: false,
    ...over,
  };
  expect(decideOutcome(input)).toMatchObject({ outcome, reason });
});

it('hands on the question, or what was said instead', () => {
  const ask = (over: Partial<AgentResult & { kind: 'result' }>) =>
    decideOutcome({
      ...{ agent: 'claude', failure: null },
      ...exit(0),
      result: result('blocked', over),
      changed: true,
      requirement: 'required',
      standing: false,
    });
  expect(ask({ question: 'Which?' })).toEqual({
    ...{ outcome: 'blocked', reason: 'sum', question: 'Which?', again: false },
  });
  expect(ask({}).question).toBe('sum');
  expect(ask({ summary: null }).question).toBeNull();
});

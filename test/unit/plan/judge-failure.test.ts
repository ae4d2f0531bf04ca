import { describe, expect, it } from 'vitest';
import type { AdoptInput, AgentResult } from '../../../src/plan/adopt-input.ts';
import { decideOutcome } from '../../../src/plan/adopt-result.ts';
import { AGENT_FAILURES, type AgentFailureKind } from '../../../src/plan/agent-failure.ts';

const MISSING: AgentResult = { kind: 'missing' };
const result = (outcome: 'done' | 'partial' | 'blocked', met = true): AgentResult => ({
  kind: 'result',
  outcome,
  summary: 'sum',
  question: null,
  criteria: [{ text: 'works', met }],
});
const exit = (code: number) => ({ kind: 'exit', code }) as const;
const SURROUNDINGS = ['not-logged-in', 'out-of-credit', 'rate-limited', 'outage'] as const;

function judge(kind: AgentFailureKind, over: Partial<AdoptInput> = {}) {
  return decideOutcome({
    agent: 'claude',
    end: exit(1),
    failure: { kind, message: 'Words of the client', retryAfter: null },
    result: MISSING,
    changed: true,
    requirement: 'required',
    standing: false,
    ...over,
  });
}

describe('a failure of the client', () => {
  it.each(SURROUNDINGS)("%s is nobody's attempt, whatever the exit code and the result", (kind) => {
    for (const over of [
      {},
      { end: exit(0) },
      { end: exit(0), requirement: 'optional' as const },
      { end: exit(0), requirement: 'optional' as const, changed: false },
      { end: exit(0), standing: true, changed: false, requirement: 'optional' as const },
      { end: { kind: 'signal', signal: 'SIGSEGV' } as const },
      { result: result('partial') },
      { result: { kind: 'malformed', reason: 'torn' } as const },
      { result: result('done') },
      { end: { kind: 'timed-out' } as const },
      { end: { kind: 'stalled' } as const },
    ]) {
      const said = judge(kind, over);
      expect(said.outcome, JSON.stringify(over)).toBe('failed');
      expect(said.reason).toContain('Words of the client');
    }
  });

  it.each(AGENT_FAILURES)('%s hides no finished work', (kind) => {
    expect(judge(kind, { end: exit(0), result: result('done') })).toMatchObject({ outcome: 'done' });
  });

  it.each(AGENT_FAILURES)('%s does not make done of what is not', (kind) => {
    const said = judge(kind, { end: exit(0), result: result('done', false) });
    expect(said).toMatchObject({ outcome: 'partial', reason: 'the result says done, but not met: works' });
    const nothing = judge(kind, { end: exit(0), result: result('done'), changed: false });
    expect(nothing).toMatchObject({ outcome: 'blocked', reason: 'the agent changed nothing' });
  });

  it.each(AGENT_FAILURES)('%s does not swallow a question of the agent', (kind) => {
    const asks: AgentResult = { ...result('blocked'), question: 'Which?' } as AgentResult;
    expect(judge(kind, { result: asks })).toMatchObject({ outcome: 'blocked', question: 'Which?' });
  });

  it.each(AGENT_FAILURES)("%s does not outrank a person's signal", (kind) => {
    const stopped = judge(kind, { end: { kind: 'interrupted', signal: 'SIGINT' } });
    expect(stopped).toMatchObject({ outcome: 'interrupted', reason: 'stopped by SIGINT' });
  });

  it.each(['context-exhausted', 'tool-denied', 'refused', 'crashed', 'session-lost'] as const)(
    '%s is no excuse for a limit that was reached',
    (kind) => {
      expect(judge(kind, { end: { kind: 'timed-out' } }).outcome).toBe('timed-out');
      expect(judge(kind, { end: { kind: 'stalled' } }).outcome).toBe('stalled');
    },
  );
});

describe('each kind', () => {
  it("says who failed, in the client's words, and what to do", () => {
    expect(judge('not-logged-in').reason).toBe(
      'claude is not logged in: Words of the client; log in, or give it its key (`rota doctor` says how)',
    );
    expect(judge('out-of-credit').reason).toBe(
      'claude is out of credit: Words of the client; add some, or wait until it renews',
    );
    expect(judge('rate-limited').reason).toBe('claude is rate-limited: Words of the client');
    const silent = judge('outage', { failure: { kind: 'outage', message: '', retryAfter: null } });
    expect(silent.reason).toBe('the model of claude cannot be reached');
  });

  it("puts an agent's name in as it is", () => {
    expect(judge('rate-limited', { agent: '$&' }).reason).toBe('$& is rate-limited: Words of the client');
  });

  it('a full context with work there could go on anew, without it not', () => {
    expect(judge('context-exhausted')).toMatchObject({ outcome: 'partial', again: true });
    expect(judge('context-exhausted', { changed: false })).toMatchObject({
      outcome: 'partial',
      again: false,
    });
    expect(judge('context-exhausted', { result: result('partial') })).toMatchObject({
      ...{ outcome: 'partial', reason: 'sum', again: false },
    });
  });

  it('a denied tool is asked about only where the work is not there', () => {
    expect(judge('tool-denied')).toMatchObject({
      outcome: 'blocked',
      question: expect.stringMatching(/denied a tool.*Words of the client\. Shall it be allowed\?/),
    });
    expect(judge('tool-denied', { end: exit(0), changed: false, requirement: 'optional' }).outcome).toBe(
      'blocked',
    );
    expect(judge('tool-denied', { end: exit(0), requirement: 'optional' }).outcome).toBe('done');
    expect(judge('tool-denied', { end: exit(1), requirement: 'optional' }).outcome).toBe('blocked');
    expect(judge('tool-denied', { result: result('partial') })).toMatchObject({
      outcome: 'partial',
      reason: 'sum',
    });
  });

  it('a refusal is for a person, half-done work or not', () => {
    for (const over of [
      {},
      { end: exit(0), requirement: 'optional' as const },
      { result: result('partial') },
    ])
      expect(judge('refused', over)).toMatchObject({
        ...{ outcome: 'blocked', reason: 'the model of claude would not do it: Words of the client' },
        question: expect.stringContaining('in other words?'),
      });
  });

  it("a crash is the surroundings' unless the agent has said more", () => {
    expect(judge('crashed')).toMatchObject({
      outcome: 'failed',
      reason: 'claude crashed: Words of the client',
    });
    expect(judge('crashed', { end: exit(0), requirement: 'optional' }).outcome).toBe('failed');
    expect(judge('crashed', { result: result('partial') }).outcome).toBe('partial');
    expect(judge('crashed', { result: result('done') }).outcome).toBe('partial');
  });
});

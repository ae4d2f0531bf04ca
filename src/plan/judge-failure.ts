import type { Adopted, AdoptInput } from './adopt-input.ts';
import type { AgentFailure, AgentFailureKind } from './agent-failure.ts';

/**
 * What it means that the agent's client could not do its work. Null: nothing, because the work or the agent's own word for it
 * is there all the same: a failure must not hide work.
 */
export function judgeFailure(input: AdoptInput, failure: AgentFailure): Adopted | null {
  if (isFinished(input)) return null;
  const said = input.result.kind === 'result';
  const reason = failureInWords(input.agent, failure);
  switch (failure.kind) {
    case 'not-logged-in':
    case 'out-of-credit':
    case 'rate-limited':
    case 'outage':
      return { outcome: 'failed', reason, question: null, again: false };
    case 'session-lost':
      return said ? null : { outcome: 'failed', reason, question: null, again: false };
    case 'crashed':
      return said ? null : { outcome: 'failed', reason, question: null, again: false };
    case 'context-exhausted':
      return said ? null : { outcome: 'partial', reason, question: null, again: input.changed };
    case 'tool-denied':
      return said || isDoneWithoutResult(input)
        ? null
        : { outcome: 'blocked', reason, question: `${reason}. ${ALLOW}`, again: false };
    case 'refused':
      return { outcome: 'blocked', reason, question: `${reason}. ${OTHERWISE}`, again: false };
    default:
      return failure.kind satisfies never;
  }
}

/** A client that waits for its model until a limit ends it has not used the time. */
export function judgeFailureAtLimit(input: AdoptInput, failure: AgentFailure): Adopted | null {
  if (!WAITED_FOR.has(failure.kind)) return null;
  return { outcome: 'failed', reason: failureInWords(input.agent, failure), question: null, again: false };
}

const WAITED_FOR: ReadonlySet<AgentFailureKind> = new Set([
  'not-logged-in',
  'out-of-credit',
  'rate-limited',
  'outage',
]);

const ALLOW =
  'Shall it be allowed? Then add it to the arguments of the agent in rota.yaml, or to `may-edit` of the role; else say in the task how to do without it.';
const OTHERWISE = 'What is wanted, in other words? Or should a person do it?';

/** The result says done and the client ended well, or the agent asks a person. */
function isFinished({ result, end }: AdoptInput): boolean {
  if (result.kind !== 'result') return false;
  return result.outcome === 'blocked' || (result.outcome === 'done' && end.kind === 'exit' && end.code === 0);
}

function isDoneWithoutResult({ result, end, requirement, changed }: AdoptInput): boolean {
  const well = end.kind === 'exit' && end.code === 0;
  return well && requirement === 'optional' && result.kind === 'missing' && changed;
}

/** What happened, in the client's words, and what to do. */
function failureInWords(agent: string, { kind, message }: AgentFailure): string {
  const [what, cure] = WORDS[kind];
  const said = message === '' ? '' : `: ${message}`;
  return `${what.replace('AGENT', () => agent)}${said}${cure === null ? '' : `; ${cure}`}`;
}

const WORDS: Readonly<Record<AgentFailureKind, readonly [what: string, cure: string | null]>> = {
  'not-logged-in': ['AGENT is not logged in', 'log in, or give it its key (`rota doctor` says how)'],
  'out-of-credit': ['AGENT is out of credit', 'add some, or wait until it renews'],
  'rate-limited': ['AGENT is rate-limited', null],
  outage: ['the model of AGENT cannot be reached', null],
  'context-exhausted': ['the context of AGENT is full', null],
  'tool-denied': ['AGENT was denied a tool that it needed', null],
  refused: ['the model of AGENT would not do it', null],
  'session-lost': ['AGENT does not know its session any more', null],
  crashed: ['AGENT crashed', null],
};

import type { AcpAgentConfig } from '../../config.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { Agent } from '../agent.ts';
import { boundVerdict } from '../presets/bound-verdict.ts';
import { type SupervisedCause, supervise } from '../supervise.ts';
import { whyNotStarted } from '../why-not-started.ts';
import { type Heard, openConversation } from './conversation.ts';
import { failureInWords } from './failure-in-words.ts';

/**
 * An agent that speaks the Agent Client Protocol: a process that rota talks to. What it asks for is answered from its role's
 * contract while it works; files and terminals that it gets through rota are those of its folder. Contract and gate judge
 * what it did all the same.
 *
 * @param login its files below HOME
 */
export function acpAgent(
  system: System,
  name: string,
  config: AcpAgentConfig,
  login: readonly string[] = [],
): Agent {
  const program = config.command[0] ?? '';
  return {
    name,
    login,
    description: plainText(config.command.join(' ')).slice(0, 200),
    turn: async (turn) => {
      const conversation = await openConversation(system, config, turn);
      try {
        const { cause, seconds, survivors } = await supervise(system, {
          ...turn.wrap({
            argv: config.command,
            cwd: turn.worktree,
            env: { ...turn.env, ROTA_PROMPT: turn.promptFile },
          }),
          talk: conversation.talk,
          run: turn.run,
          timeLimit: turn.timeLimit,
          stallLimit: turn.stallLimit,
          outputFile: turn.outputFile,
          onOutput: conversation.hear,
          stop: turn.stop,
          onStarted: (pid) => turn.onStarted(pid),
        });
        const heard = await conversation.over();
        const { session, usage, failure } = boundVerdict({ ...heard, failure: failureOf(heard, cause) });
        const rest = { seconds, survivors, tail: heard.tail, session, usage, failure };
        if (cause.kind !== 'missing') return { ...rest, ...endOf(heard, cause) };
        const reason = await whyNotStarted(system, { program, worktree: turn.worktree, code: cause.code });
        return { ...rest, failure: null, kind: 'missing', reason };
      } finally {
        await conversation.close();
      }
    },
  };
}

type Ended = Exclude<SupervisedCause, { kind: 'missing' }>;

/** Only an end of the turn in the protocol's words is exit 0: a process that ends in the middle has not done its work. */
function endOf(heard: Heard, cause: Ended): Ended {
  if (cause.kind !== 'exited') return cause;
  if (heard.stop === 'end_turn' && heard.failure === null) return { kind: 'exited', code: 0, signal: null };
  return cause.code === null ? cause : { kind: 'exited', code: cause.code || 1, signal: null };
}

function failureOf(
  { failure, stop, denied, tail, waiting }: Heard,
  cause: SupervisedCause,
): AgentFailure | null {
  if (cause.kind === 'interrupted' || cause.kind === 'missing') return null;
  // Why it hung, if it said what it was waiting for, or says so now that it is told to stop.
  if (cause.kind !== 'exited')
    return (
      (waiting === null ? null : failureInWords(waiting)) ?? (failure?.kind === 'crashed' ? null : failure)
    );
  if (failure !== null) return stop === null ? inTheMiddle(failure, cause, tail) : failure;
  if (denied.length === 0) return null;
  const things = denied.length === 1 ? '' : ` ${denied.length} things`;
  const message = `rota did not permit${things}: ${denied.slice(0, 5).join('; ')}`;
  return { kind: 'tool-denied', message, retryAfter: null };
}

/** The connection only knows that it was closed; its last words may say why. */
function inTheMiddle(
  failure: AgentFailure,
  { code, signal }: Extract<SupervisedCause, { kind: 'exited' }>,
  tail: string,
): AgentFailure {
  if (failure.kind !== 'crashed' || !/connection closed/i.test(failure.message)) return failure;
  const how = code === null ? `ended by ${signal}` : `ended with exit ${code}`;
  const words = tail.trimEnd().split('\n').at(-1) ?? '';
  const message = `it ${how} before its turn was over${words === '' ? '' : `: ${words}`}`;
  return { ...(failureInWords(words) ?? failure), message };
}

import type { CommandAgentConfig } from '../config.ts';
import { notStartedInside } from '../isolate/not-started-inside.ts';
import type { System } from '../system/ports.ts';
import { plainText } from '../task/text.ts';
import type { Agent, AgentEnd, AgentTurn } from './agent.ts';
import { type SupervisedCause, supervise } from './supervise.ts';
import { whyNotStarted } from './why-not-started.ts';

type CommandLine = Pick<CommandAgentConfig, 'command' | 'prompt' | 'login'>;

/** Any command: what its output means is not known. */
const KNOWS_NOTHING = { session: null, usage: null, failure: null } as const;

/**
 * An agent that is any command. The worktree is its current folder: relative paths in the command (`[node,
 * tools/agent.mjs]`) are those of the worktree. The prompt comes on stdin, as the last argument, or as the path of a file in
 * the last argument; ROTA_PROMPT names the file in every case. stdin is always closed: clients wait for it otherwise.
 */
export function commandAgent(system: System, name: string, config: CommandLine): Agent {
  return {
    name,
    login: config.login ?? [],
    description: plainText(config.command.join(' ')).slice(0, 200),
    turn: async (turn) => {
      const start = turn.wrap({
        argv: [...config.command, ...promptArguments(config, turn)],
        cwd: turn.worktree,
        env: { ...turn.env, ROTA_PROMPT: turn.promptFile },
      });
      const { cause, ...rest } = await supervise(system, {
        ...start,
        ...(config.prompt === 'stdin' ? { input: turn.prompt } : {}),
        run: turn.run,
        timeLimit: turn.timeLimit,
        stallLimit: turn.stallLimit,
        outputFile: turn.outputFile,
        stop: turn.stop,
        onStarted: (pid) => turn.onStarted(pid),
      });
      return {
        ...rest,
        ...KNOWS_NOTHING,
        ...(await agentEnd(system, config, turn, { cause, tail: rest.tail })),
      };
    },
  };
}

function promptArguments(config: CommandLine, turn: AgentTurn): string[] {
  switch (config.prompt) {
    case 'stdin':
      return [];
    case 'arg':
      // An argument cannot hold a NUL.
      return [turn.prompt.replaceAll('\0', '')];
    case 'file':
      return [turn.promptFile];
    default:
      return config.prompt satisfies never;
  }
}

type HowItEnded = Pick<Extract<AgentEnd, { kind: 'missing' }>, 'kind' | 'reason'>;

async function agentEnd(
  system: System,
  config: CommandLine,
  turn: AgentTurn,
  { cause, tail }: { readonly cause: SupervisedCause; readonly tail: string },
) {
  const inside = cause.kind === 'exited' && cause.code !== 0 ? notStartedInside(tail) : null;
  if (cause.kind !== 'missing' && inside === null) return cause;
  const reason = await whyNotStarted(system, {
    program: config.command[0] ?? '',
    worktree: turn.worktree,
    code: cause.kind === 'missing' ? cause.code : (inside ?? ''),
  });
  return { kind: 'missing', reason } satisfies HowItEnded;
}

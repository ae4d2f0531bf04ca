import type { PresetAgentConfig } from '../../config.ts';
import type { Usage } from '../../events.ts';
import { notStartedInside } from '../../isolate/not-started-inside.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { Agent, AgentEnd, AgentTurn } from '../agent.ts';
import { type SupervisedEnd, supervise } from '../supervise.ts';
import { whyNotStarted } from '../why-not-started.ts';
import { followOutput } from './follow-output.ts';
import type { Preset, PresetTurn } from './preset.ts';

/**
 * An agent that is one of the known clients. The prompt comes on stdin, which is then closed; the output is kept in the
 * capped log as it is, and understood line by line on the way. What the client says decides nothing about success: it tells
 * what it does, what it cost, and why it could not work.
 */
export function presetAgent(system: System, name: string, config: PresetAgentConfig, preset: Preset): Agent {
  /** What turns of a session had used, where the client counts all of them. */
  const counted = new Map<string, Usage>();
  return {
    name,
    login: preset.login,
    description: plainText([preset.program, ...config.args].join(' ')).slice(0, 200),
    turn: async (turn) => {
      const wish: PresetTurn = {
        session: turn.session,
        args: config.args,
        mostUsd: turn.mostUsd ?? null,
        worktree: turn.worktree,
        resultFile: turn.resultFile,
      };
      const start = turn.wrap({
        argv: [preset.program, ...preset.args(wish)],
        cwd: turn.worktree,
        env: { ...turn.env, ...preset.env(wish), ROTA_PROMPT: turn.promptFile },
      });
      const before = preset.countsSession && turn.session !== null ? counted.get(turn.session) : undefined;
      const followed = followOutput(preset.reader(wish), turn.worktree, (activity) =>
        turn.onActivity(
          activity.kind === 'usage' ? { ...activity, usage: since(activity.usage, before) } : activity,
        ),
      );
      const end = await supervise(system, {
        ...start,
        // A NUL ends the text for some clients.
        input: (preset.prompt?.(turn.prompt) ?? turn.prompt).replaceAll('\0', ''),
        run: turn.run,
        timeLimit: turn.timeLimit,
        stallLimit: turn.stallLimit,
        outputFile: turn.outputFile,
        onOutput: (chunk, stream) => followed.add(chunk, stream),
        stop: turn.stop,
        onStarted: (pid) => turn.onStarted(pid),
      });
      const ended = await agentEnd(system, preset, turn, end, followed);
      if (!preset.countsSession || ended.usage === null) return ended;
      if (ended.session !== null) counted.set(ended.session, ended.usage);
      return { ...ended, usage: since(ended.usage, before) };
    },
  };
}

function since({ input, cached, output, usd }: Usage, before: Usage | undefined): Usage {
  const less = (now: number, then: number) => Math.max(0, now - then);
  return {
    input: less(input, before?.input ?? 0),
    cached: less(cached, before?.cached ?? 0),
    output: less(output, before?.output ?? 0),
    usd: usd === null ? null : less(usd, before?.usd ?? 0),
  };
}

async function agentEnd(
  system: System,
  preset: Preset,
  turn: AgentTurn,
  { cause, ...rest }: SupervisedEnd,
  followed: ReturnType<typeof followOutput>,
): Promise<AgentEnd> {
  const missing = async (code: string): Promise<AgentEnd> => {
    const program = preset.program;
    const reason = await whyNotStarted(system, { program, worktree: turn.worktree, code });
    return { ...rest, session: null, usage: null, failure: null, kind: 'missing', reason };
  };
  if (cause.kind === 'missing') return missing(cause.code);
  const exit = cause.kind === 'exited' ? cause : { kind: cause.kind, code: null, signal: null };
  const verdict = followed.end(exit);
  const inside = cause.kind === 'exited' && cause.code !== 0 ? notStartedInside(rest.tail) : null;
  if (inside !== null) return missing(inside);
  return { ...rest, ...verdict, ...cause };
}

import * as z from 'zod/mini';
import { type AgentConfig, PRESETS } from '../config.ts';
import { isInnerPath } from './inner-path.ts';
import { argv, line, matching } from './schema-parts.ts';

const PROGRAM = 'a list of program and arguments, e.g. [node, tools/agent.mjs]';
const NAMES = `one of ${PRESETS.join(', ')}`;
const ONE_KIND =
  'one of `preset: claude`, `command: [node, tools/agent.mjs]` or `acp: [gemini, --acp]`; `args` goes with `preset`, `prompt` with `command`, `mode` with `acp`, `login` with these two';
const LOGIN = 'a path below HOME, e.g. ~/.config/goose/config.yaml, without `..`';

const keys = z.strictObject(
  {
    preset: z.optional(z.enum(PRESETS, NAMES)),
    args: z.optional(z.array(z.string('a list of arguments, each text'), 'a list of arguments')),
    command: z.optional(argv(PROGRAM)),
    prompt: z.optional(z.enum(['stdin', 'arg', 'file'], 'stdin, arg or file')),
    acp: z.optional(argv(PROGRAM)),
    mode: z.optional(line('the name of a session mode, on one line')),
    login: z.optional(
      z.array(z.pipe(matching(isBelowHome, LOGIN), z.transform(belowHome)), `a list, each entry ${LOGIN}`),
    ),
  },
  'a map such as {preset: claude}, {command: [node, tools/agent.mjs], prompt: stdin} or {acp: [gemini, --acp]}',
);

/** One of rota.yaml's `agents`. */
export const agentSchema = z.pipe(
  keys.check(z.refine((agent) => toAgent(agent) !== null, ONE_KIND)),
  z.transform(knownAgent),
);

export const AGENT_KEYS: readonly string[] = Object.keys(keys.shape);

type Keys = z.infer<typeof keys>;

/** Null: it is none of the kinds, or two of them. */
function toAgent({ preset, args, command, prompt, acp, mode, login, ...rest }: Keys): AgentConfig | null {
  rest satisfies Record<string, never>;
  const own = login === undefined ? {} : { login };
  const given = (values: readonly unknown[]) => values.some((value) => value !== undefined);
  if (preset !== undefined && !given([command, prompt, acp, mode, login]))
    return { kind: 'preset', preset, args: args ?? [] };
  if (command !== undefined && !given([preset, args, acp, mode]))
    return { kind: 'command', command, prompt: prompt ?? 'stdin', ...own };
  if (acp !== undefined && !given([preset, args, command, prompt]))
    return { kind: 'acp', command: acp, mode: mode ?? null, ...own };
  return null;
}

function knownAgent(agent: Keys): AgentConfig {
  const value = toAgent(agent);
  if (value === null) throw new Error('an agent of no kind passed its check');
  return value;
}

function isBelowHome(path: string): boolean {
  return isInnerPath(belowHome(path));
}

function belowHome(path: string): string {
  return path.replace(/^~\//, '').replace(/\/$/, '');
}

import * as z from 'zod/mini';
import { AGENT_KEYS, agentSchema } from './agent-schema.ts';
import { isBranchName } from './branch-name.ts';
import { BUDGET_KEYS, budgetSchema } from './budget-schema.ts';
import { REPORT_FORMATS } from './gate-entry.ts';
import { isInnerPath } from './inner-path.ts';
import { ISOLATION_KEYS, isolationSchema } from './isolation-schema.ts';
import { limitsSchema, secretsSchema } from './limits-schema.ts';
import type { NotBuilt } from './not-built.ts';
import { configProof, PROOF_KEYS } from './proof-schema.ts';
import { pullRequestSchema } from './pull-request-schema.ts';
import { isRefsPrefix } from './refs-prefix.ts';
import { isRequirement } from './requires-rota.ts';
import { scheduleSchema } from './schedule-schema.ts';
import {
  argv,
  command,
  duration,
  globs,
  matching,
  paths,
  shellText,
  variables,
  wholeNumber,
} from './schema-parts.ts';
import type { Path } from './schema-problems.ts';

const COMMAND = 'a command: text for `sh`, or a list of program and arguments';

const REPORT =
  'junit, vitest, jest, tap or go for a file that {report} in `run` names; or the path of the file in the checkout';
const WHEN = 'a list of globs, at least one without `!`, e.g. [apps/web/**]';

const gateEntry = z.strictObject({
  run: command(COMMAND),
  'time-limit': z.optional(duration('30m')),
  env: z.optional(variables()),
  report: z.optional(matching(isReport, REPORT)),
  retry: z.optional(wholeNumber(0, 1)),
  when: z.optional(globs().check(z.refine((list) => list.some((glob) => !/^!(?!\()/.test(glob)), WHEN))),
});

const GATE = 'a list of commands, or `none` to opt out';
const GATE_ENTRY = `${COMMAND}; or {run, time-limit, env, report, retry, when}`;

/** The shape of rota.yaml. Whether there is a gate at all is parse-config.ts's question. */
export const configSchema = z.strictObject({
  branch: z.optional(matching(isBranchName, 'the short name of the main branch, e.g. main; not below ai/')),
  remote: z.optional(matching(isRemoteName, 'the name of a git remote, e.g. origin, or `none`')),
  integrate: z.optional(z.enum(['merge', 'pr'], 'merge or pr')),
  'pull-request': z.optional(pullRequestSchema),
  gate: z.optional(
    z.union(
      [z.literal('none'), z.array(z.union([shellText(COMMAND), argv(COMMAND), gateEntry], GATE_ENTRY))],
      GATE,
    ),
  ),
  proof: z.optional(configProof),
  setup: z.optional(z.array(command(COMMAND), 'a list of commands')),
  copy: z.optional(paths()),
  disposable: z.optional(paths()),
  context: z.optional(paths()),
  limits: z.optional(limitsSchema),
  secrets: z.optional(secretsSchema),
  isolation: z.optional(isolationSchema),
  env: z.optional(variables()),
  agents: z.optional(z.record(z.string(), agentSchema, 'a map of names to agents')),
  budget: z.optional(budgetSchema),
  workers: z.optional(wholeNumber(1, 64)),
  schedule: z.optional(scheduleSchema),
  worktrees: z.optional(matching(isWorktreesFolder, 'a folder inside the repository, e.g. .worktrees')),
  publish: z.optional(z.enum(['claim', 'off'], 'claim or off')),
  'refs-prefix': z.optional(
    matching(
      isRefsPrefix,
      'the beginning of full ref names, e.g. refs/heads/rota/; not below refs/heads/ai/',
    ),
  ),
  'requires-rota': z.optional(matching(isRequirement, 'a least version of rota such as ">=0.2"')),
  prefix: z.optional(
    matching(
      (text) => /^[A-Z](?:[A-Z0-9]{0,14}[A-Z])?-?$/.test(text),
      'capital letters (with a `-` at the end if you like) that ids start with, e.g. A',
    ),
  ),
});

/** The keys that each map of rota.yaml may have. */
export function configKeys(path: Path): readonly string[] {
  if (path[0] === 'gate') return Object.keys(gateEntry.shape);
  if (path[0] === 'proof') return PROOF_KEYS;
  if (path[0] === 'limits') return Object.keys(limitsSchema.shape);
  if (path[0] === 'secrets') return Object.keys(secretsSchema.shape);
  if (path[0] === 'isolation') return ISOLATION_KEYS;
  if (path[0] === 'agents') return AGENT_KEYS;
  if (path[0] === 'budget') return BUDGET_KEYS;
  if (path[0] === 'schedule') return path.length === 1 ? ['time-zone'] : ['at', 'agent'];
  if (path[0] === 'pull-request') return Object.keys(pullRequestSchema.shape);
  return Object.keys(configSchema.shape);
}

/** What rota.yaml will be able to say one day. */
export const CONFIG_NOT_BUILT: readonly NotBuilt[] = [
  {
    at: ['agents', '*', 'isolation'],
    instead: 'take it out; a role says `isolation: bwrap`, for whichever agent it has',
  },
  {
    at: ['max-workers'],
    instead: 'write it in the role file; `workers:` limits the workers of one machine',
  },
];

/** A word that is no format would be a file that no runner writes. */
function isReport(text: string): boolean {
  return REPORT_FORMATS.some((format) => format === text) || (isInnerPath(text) && /[./]/.test(text));
}

function isRemoteName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(text) && !text.includes('..') && !text.endsWith('.lock');
}

function isWorktreesFolder(text: string): boolean {
  return isInnerPath(text) && !/^(?:backlog|roles)(?:\/|$)/i.test(text);
}

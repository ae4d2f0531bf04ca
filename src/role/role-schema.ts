import * as z from 'zod/mini';
import { ISOLATIONS } from '../config.ts';
import { TASK_TYPES } from '../task/task.ts';
import { AGENT_NAME } from './agent-name.ts';
import { BUDGET_KEYS, budgetSchema } from './budget-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import type { NotBuilt } from './not-built.ts';
import { roleProof } from './proof-schema.ts';
import { duration, globs, line, matching, wholeNumber } from './schema-parts.ts';
import type { Path } from './schema-problems.ts';

/** `sweeper` or `pm`: safe as a part of a path, a branch and a ref. */
const ROLE_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** Keys of other tasks that a role may be allowed to change. Never `id` or `lock`; `status` is a person's word. */
const SETTABLE_KEYS = [
  'title',
  'type',
  'priority',
  'order',
  'role',
  'epic',
  'depends',
  'touches',
  'repeat',
  'not-before',
  'body',
] as const;

const TAKEN_TYPES = TASK_TYPES.filter((type) => type !== 'epic');
const TYPE = `one of ${TAKEN_TYPES.join(', ')} (epics are never picked)`;
const SETTABLE = `one of ${SETTABLE_KEYS.join(', ')}; id, lock and status are never a role's`;

const takes = z.strictObject(
  { type: z.array(oneOf(TAKEN_TYPES, TYPE), `a list, each entry ${TYPE}`) },
  'a map such as {type: [feature, bug]}',
);

/** The shape of a role file's front-matter. */
export const roleSchema = z.strictObject({
  role: matching(
    (name) => ROLE_NAME.test(name),
    'a name of small letters, digits and -, at most 31, starting with a letter',
  ),
  takes: z.optional(takes),
  agent: z.optional(matching((name) => AGENT_NAME.test(name), "a name from rota.yaml's agents")),
  'may-edit': z.optional(globs()),
  'may-set': z.optional(z.array(oneOf(SETTABLE_KEYS, SETTABLE), `a list, each entry ${SETTABLE}`)),
  'may-add-tasks': z.optional(z.boolean('true or false')),
  'may-delete-tests': z.optional(z.boolean('true or false')),
  check: z.optional(line('a command on one line')),
  'time-limit': z.optional(duration('60m')),
  'stall-limit': z.optional(duration('10m')),
  fixes: z.optional(wholeNumber(0, 20)),
  attempts: z.optional(wholeNumber(1, 20)),
  'max-workers': z.optional(wholeNumber(1, 1000)),
  limits: z.optional(limitsSchema),
  budget: z.optional(budgetSchema),
  proof: z.optional(roleProof),
  result: z.optional(z.enum(['required', 'optional'], 'required or optional')),
  isolation: z.optional(z.enum(ISOLATIONS, `one of ${ISOLATIONS.join(', ')}`)),
});

/** The keys that each map of a role file may have. */
export function roleKeys(path: Path): readonly string[] {
  if (path[0] === 'budget') return BUDGET_KEYS;
  if (path[0] === 'limits') return Object.keys(limitsSchema.shape);
  if (path[0] === 'proof') return Object.keys(roleProof.shape);
  return Object.keys(path[0] === 'takes' ? takes.shape : roleSchema.shape);
}

/** What role files will be able to say one day. */
export const ROLE_NOT_BUILT: readonly NotBuilt[] = [
  { at: ['schedule'], instead: 'write it as `schedule: {ROLE: every 20m}` in rota.yaml' },
];

/** Enumerations are read in any case. */
function oneOf<T extends string>(values: readonly T[], expected: string) {
  return z.pipe(
    z.pipe(
      z.string(expected),
      z.transform((text) => text.toLowerCase()),
    ),
    z.enum(Object.fromEntries(values.map((value) => [value, value])) as { [K in T]: K }, expected),
  );
}

import * as z from 'zod/mini';
import type { Command, ProofCommand } from '../config.ts';
import type { Role } from './role.ts';
import { command, duration, globs, variables } from './schema-parts.ts';

const RUN =
  'a command with {files} (or {packages}) and {report} in it, e.g. pytest {files} --junitxml={report}';

const entry = z.strictObject(
  {
    run: command(RUN).check(z.refine(namesTests, RUN)),
    files: z.optional(globs()),
    report: z.optional(z.enum(['junit', 'vitest', 'jest', 'tap', 'go'], 'junit, vitest, jest, tap or go')),
    'time-limit': z.optional(duration('30m')),
    env: z.optional(variables()),
  },
  'a map such as {run: "pytest {files} --junitxml={report}"}',
);

/** rota.yaml's `proof`: one command, or a list of them. */
export const configProof = z.union(
  [entry, z.array(entry)],
  'a map such as {run: "pytest {files} --junitxml={report}"}, or a list of such maps',
);

const kind = z.optional(z.literal('red-green', 'red-green'));

/** A role's `proof`: which types of task have to be proved. */
export const roleProof = z.strictObject(
  { feature: kind, bug: kind, chore: kind, docs: kind, test: kind, debt: kind },
  'a map such as {bug: red-green}',
);

/** The keys of one entry of rota.yaml's `proof`. */
export const PROOF_KEYS: readonly string[] = Object.keys(entry.shape);

const TIME_LIMIT = 30 * 60_000;

/** Those that are named. */
export function toRoleProof(shape: z.infer<typeof roleProof> = {}): Role['proof'] {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
}

/** Every entry with its defaults. */
export function toProof(shape: z.infer<typeof configProof> | undefined): ProofCommand[] {
  if (shape === undefined) return [];
  return (Array.isArray(shape) ? shape : [shape]).map((one) => ({
    run: one.run,
    files: one.files ?? null,
    report: one.report ?? 'junit',
    timeLimit: one['time-limit'] ?? TIME_LIMIT,
    env: one.env ?? [],
  }));
}

/** In a list `{files}` is an argument of its own: it becomes one for each file. */
function namesTests(run: Command): boolean {
  if (typeof run === 'string')
    return run.includes('{report}') && run.includes('{files}') !== run.includes('{packages}');
  const own = run.filter((word) => word === '{files}' || word === '{packages}').length;
  const inside = run.some((word) => /.\{(?:files|packages)\}|\{(?:files|packages)\}./.test(word));
  return own === 1 && !inside && run.some((word) => word.includes('{report}'));
}

import * as z from 'zod/mini';
import { isPlainBranch } from '../../plan/plain-branch.ts';
import { RECORD_STATES, type TaskRecord } from '../../plan/record.ts';
import { plainText } from '../../task/text.ts';
import { parseYaml } from '../../task/yaml.ts';

/** What the text of a `record.yaml` is. Both other kinds count as held by somebody. */
export type DecodedRecord =
  | { readonly kind: 'record'; readonly record: TaskRecord }
  /** Written by a rota that knows more. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'broken'; readonly problem: string };

const LIMIT = 1_048_576;

/** Reads a record; keys that this version does not know are ignored. Never throws for bad text. */
export function decodeRecord(bytes: Uint8Array): DecodedRecord {
  if (bytes.length > LIMIT) return { kind: 'broken', problem: 'the record is over 1 MiB' };
  const yaml = parseYaml(Buffer.from(bytes).toString('utf8'));
  const first = yaml.problems[0];
  if (first !== undefined) return { kind: 'broken', problem: `line ${first.line}: ${first.message}` };
  const version = versionOf(yaml.value);
  if (version !== null && version > 1) return { kind: 'newer', version };
  const read = schema.safeParse(yaml.value);
  if (read.success) return { kind: 'record', record: toRecord(read.data) };
  const issue = read.error.issues[0];
  const where = plainText(issue?.path.map(String).join('.') ?? '');
  return {
    kind: 'broken',
    problem: `${where === '' ? 'the record' : where}: ${plainText(issue?.message ?? 'unreadable')}`,
  };
}

const text = z.string();
const maybe = z.nullable(z.string());
const count = z.number().check(z.int(), z.nonnegative());

/** A name and ids that git may be given; anybody may have written them. */
const branch = z.string().check(z.refine(isPlainBranch, 'no name of a branch'));
const commit = z.string().check(z.regex(/^[0-9a-f]{40,64}$/, 'no commit id'));

const lock = z.object({
  run: text,
  role: text,
  by: text,
  host: text,
  machine: text,
  'pid-namespace': text,
  boot: text,
  pid: count,
  started: text,
  pgid: z.nullable(count),
  branch: text,
  since: text,
});

const schema = z.object({
  v: z.literal(1),
  task: text,
  lock: z.nullable(lock),
  state: z.nullable(z.enum(RECORD_STATES)),
  attempts: count,
  reason: maybe,
  notes: z.array(z.object({ run: text, at: text, outcome: text, text })),
  'not-before': maybe,
  pr: maybe,
  waiting: z.nullable(z.object({ commit: text, base: text, reason: text, since: text })),
  // Records from before there were pull requests have none.
  proposal: z.optional(z.nullable(z.object({ branch, head: commit, base: commit, since: text }))),
  returned: z.optional(z.nullable(z.object({ head: commit, review: maybe, comment: maybe, checks: count }))),
  publish: maybe,
  of: maybe,
  log: z.array(text),
});

function versionOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'v')) return null;
  const { v } = value as { v: unknown };
  return typeof v === 'number' ? v : null;
}

function toRecord(data: z.infer<typeof schema>): TaskRecord {
  const { 'not-before': notBefore, lock: held, proposal = null, returned = null, ...others } = data;
  const rest = { ...others, proposal, returned };
  if (held === null) return { ...rest, notBefore, lock: null };
  const { 'pid-namespace': pidNamespace, ...known } = held;
  return { ...rest, notBefore, lock: { ...known, pidNamespace } };
}

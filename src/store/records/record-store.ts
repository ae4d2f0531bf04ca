import { RotaError } from '../../errors.ts';
import type { HeldRecord, TaskRecord } from '../../plan/record.ts';
import type { System } from '../../system/ports.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import { readObjects } from '../backlog/read-objects.ts';
import type { Identity } from '../identity.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import type { SharedView } from '../shared-refs.ts';
import { writeDocument, writeDocuments } from './write-document.ts';

interface RecordParents {
  /** Token of the record that this one follows; null: there was none. */
  readonly previous: string | null;
  /** A renewal: takes its predecessor's place with its parents, instead of growing the history. */
  readonly replaces?: boolean;
  /** Commits that must stay alive as long as this record does. */
  readonly keep?: readonly string[];
}

/** The records behind `refs/rota/tasks/*`, as objects. Which ref names which of them is SharedRefs' business. */
export interface RecordStore {
  /** All records of a view, with one git process. */
  readAll(view: Pick<SharedView, 'tasks'>): Promise<Map<TaskKey, HeldRecord>>;
  /** One record by its token. */
  readOne(token: string): Promise<HeldRecord>;
  /** Writes a record and returns its token. No ref moves. */
  write(record: TaskRecord, parents: RecordParents): Promise<string>;
  /** Writes the next records of many tasks with one git process: the tokens in the same order, or an error and none. */
  writeAll(records: readonly NextRecord[]): Promise<string[]>;
}

interface NextRecord extends Omit<RecordParents, 'replaces'> {
  readonly record: TaskRecord;
}

const NAME = 'record.yaml';
/** Decoded records that are kept, about. */
const KEPT = 5_000;

export function recordStore(
  system: System,
  repository: Repository,
  neutral: Neutral,
  identity: Identity,
): RecordStore {
  /** What was decoded before: the object that a token names never changes. */
  const known = new Map<string, HeldRecord>();

  async function read(
    tokens: readonly { readonly token: string; readonly key: TaskKey | null }[],
  ): Promise<HeldRecord[]> {
    const name = ({ token, key }: { readonly token: string; readonly key: TaskKey | null }) =>
      `${token} ${key}`;
    const held = new Map(tokens.map((one) => [name(one), known.get(name(one))]));
    const fresh = tokens.filter((one) => held.get(name(one)) === undefined);
    const decoded = await decode(fresh);
    if (known.size > KEPT) known.clear();
    for (const [at, one] of fresh.entries()) {
      held.set(name(one), decoded[at]);
      // One that cannot be read may be there the next time.
      if (decoded[at]!.record !== null) known.set(name(one), decoded[at]!);
    }
    return tokens.map((one) => held.get(name(one))!);
  }

  async function decode(
    tokens: readonly { readonly token: string; readonly key: TaskKey | null }[],
  ): Promise<HeldRecord[]> {
    if (tokens.length === 0) return [];
    const [{ decodeRecord }, texts] = await Promise.all([
      // Loaded only when there are records: a reader of YAML takes longer to start than git.
      import('./decode.ts'),
      readObjects(
        system,
        repository.place,
        tokens.map(({ token }) => `${token}:${NAME}`),
      ),
    ]);
    return tokens.map(({ token, key }, index) => {
      const bytes = texts[index] ?? null;
      if (bytes === null) return broken(token, key, `it has no ${NAME}`);
      const decoded = decodeRecord(bytes);
      if (decoded.kind === 'broken') return broken(token, key, decoded.problem);
      if (decoded.kind === 'newer') {
        return broken(token, key, `a newer rota wrote it (v: ${decoded.version}); update rota here`);
      }
      const { record } = decoded;
      if (key !== null && parseTaskId(record.task) !== key)
        return broken(token, key, 'it names another task');
      return { token, record };
    });
  }

  return {
    readAll: async ({ tasks }) => {
      const wanted = [...tasks].map(([key, token]) => ({ key, token }));
      const held = await read(wanted);
      return new Map(wanted.map(({ key }, index) => [key, held[index]!]));
    },
    readOne: async (token) => (await read([{ token, key: null }]))[0]!,
    write: async (record, { previous, replaces = false, keep = [] }) => {
      const { encodeRecord } = await import('./encode.ts');
      const before =
        previous === null ? [] : replaces ? await parentsOf(system, repository, previous) : [previous];
      return writeDocument(
        { system, repository, neutral, identity },
        {
          name: NAME,
          text: encodeRecord(record, system.random.id()),
          parents: [...new Set([...before, ...keep])],
          message: `rota: record of ${record.task}\n`,
        },
      );
    },
    writeAll: async (records) => {
      const { encodeRecord } = await import('./encode.ts');
      const documents = records.map(({ record, previous, keep = [] }) => ({
        name: NAME,
        text: encodeRecord(record, system.random.id()),
        parents: previous === null ? keep : [previous, ...keep],
        message: `rota: record of ${record.task}\n`,
      }));
      return writeDocuments({ system, repository, neutral, identity }, documents);
    },
  };
}

/** Counts as held by somebody, and is named. */
function broken(token: string, key: TaskKey | null, why: string): HeldRecord {
  const which = key === null ? token : `refs/rota/tasks/${key}`;
  return { token, record: null, problem: `The record ${which} cannot be read: ${why}.` };
}

async function parentsOf(system: System, { place }: Repository, commit: string): Promise<string[]> {
  const [found] = await system.git.objects(place, 'contents', [commit]);
  if (found?.type !== 'commit') throw new RotaError('git', `The record ${commit} is not in the repository.`);
  const head = found.content.toString('latin1').split('\n\n', 1)[0]!;
  return [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1]!);
}

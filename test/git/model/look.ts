import { execFileSync } from 'node:child_process';
import { parse } from 'yaml';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { World } from './world.ts';

/** What main says of a task, read without rota. */
export interface ShownTask {
  readonly file: string;
  readonly status: string;
  readonly order: number | null;
  readonly block: { readonly run: string } | 'person' | null;
  /** All that is neither status, order, lock, Notes nor Log. */
  readonly persons: string;
  readonly landed: number;
}

/** What the shared record says, read without rota where it is in git. */
export interface ShownRecord {
  readonly run: string | null;
  readonly attempts: number;
  readonly state: string | null;
  readonly publish: string | null;
}

/** One commit of main's first-parent history, with what counts in it. */
export interface ShownCommit {
  readonly id: string;
  readonly first: string;
  readonly run: string;
  /** What the gate judged and what landed, each without the backlog. */
  readonly gated: string;
  readonly tree: string;
}

export function lookAtTasks(world: World): Map<string, ShownTask> {
  const { shared } = world;
  const listed = shared.git('ls-tree', '-r', world.main(), '--', 'backlog');
  const entries = listed.split('\n').flatMap((line) => {
    const match = /^\d+ blob ([0-9a-f]+)\t(.*)$/.exec(line);
    return match === null ? [] : [{ oid: match[1]!, file: match[2]! }];
  });
  const texts = blobs(
    world,
    entries.map(({ oid }) => oid),
  );
  return new Map(entries.map(({ file }, index) => shownTask(file, texts[index]!)));
}

function shownTask(file: string, text: string): [string, ShownTask] {
  const value = (key: string) => new RegExp(`^${key}: *(.*?) *(#.*)?$`, 'm').exec(text)?.[1] ?? null;
  const lock = value('lock');
  const run = lock === null ? null : ((parse(lock) as { run?: string }).run ?? null);
  const order = value('order');
  const shown = {
    file,
    status: value('status') ?? '',
    order: order === null ? null : Number(order),
    block: lock === null ? null : run === null ? ('person' as const) : { run },
    persons: personsPart(text),
    landed: text.match(/\| landed \|/g)?.length ?? 0,
  };
  return [value('id') ?? file, shown];
}

/** Byte for byte what a person wrote, white space before rota's own sections apart. */
export function personsPart(text: string): string {
  return text
    .replace(/^(?:status|order|lock): .*\n/gm, '')
    .replace(/\n## (?:Notes|Log)\n[\s\S]*$/, '')
    .trimEnd();
}

export async function lookAtRecord(world: World, id: string): Promise<ShownRecord | null> {
  const record = world.memory === null ? recordInGit(world, id) : await recordInMemory(world, id);
  if (record === null) return null;
  const { lock, attempts, state, publish } = record;
  return { run: lock?.run ?? null, attempts, state, publish };
}

type SomeRecord = Pick<TaskRecord, 'attempts' | 'state' | 'publish'> & {
  readonly lock: { readonly run: string } | null;
};

function recordInGit({ shared }: World, id: string): SomeRecord | null {
  const ref = `refs/rota/tasks/${id}`;
  if (shared.git('for-each-ref', ref) === '') return null;
  return parse(shared.git('cat-file', 'blob', `${ref}:record.yaml`));
}

async function recordInMemory({ memory }: World, id: string): Promise<SomeRecord | null> {
  const token = memory!.named.get(`refs/rota/tasks/${taskKey(id)}`);
  return token === undefined ? null : (await memory!.records.readOne(token)).record;
}

/** What main got since `from`, oldest first. */
export function lookAtHistory({ shared, main }: World, from: string): ShownCommit[] {
  const trailer = (name: string) => `%(trailers:key=${name},valueonly,separator=)`;
  const format = `--format=%H %P%x00${trailer('Run')}%x00${trailer('Gated')}%x00%T`;
  const listed = shared.git('log', '--first-parent', '--reverse', format, `${from}..${main()}`);
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [ids = '', run = '', gated = '', tree = ''] = line.split('\0');
      const [id = '', first = ''] = ids.split(' ');
      return { id, first, run, gated: outside(shared, gated), tree: outside(shared, tree) };
    });
}

/** Names of the top of a tree, with their object ids, without the backlog: what the gate judged. */
function outside({ git }: World['shared'], tree: string): string {
  if (tree === '') return '';
  return git('ls-tree', tree)
    .split('\n')
    .filter((line) => !line.endsWith('\tbacklog'))
    .join('\n');
}

function blobs({ shared }: World, oids: readonly string[]): string[] {
  if (oids.length === 0) return [];
  const output = execFileSync('git', ['cat-file', '--batch'], {
    cwd: shared.root,
    env: shared.sandbox.env,
    input: `${oids.join('\n')}\n`,
  });
  const texts: string[] = [];
  for (let at = 0; texts.length < oids.length; ) {
    const end = output.indexOf(10, at);
    const size = Number(output.subarray(at, end).toString().split(' ')[2]);
    texts.push(output.subarray(end + 1, end + 1 + size).toString('utf8'));
    at = end + 1 + size + 1;
  }
  return texts;
}

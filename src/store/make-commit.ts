import type { System } from '../system/ports.ts';
import type { Identity } from './identity.ts';
import type { NeutralPlace } from './neutral.ts';

/** One file's change in a new commit; `content: null` deletes the path. */
export interface TreeChange {
  readonly path: string;
  readonly content: string | Uint8Array | null;
}

export interface NewCommit {
  /** Object id of the tree that the changes apply to; null: the first parent's. */
  readonly tree: string | null;
  readonly parents: readonly string[];
  readonly changes: readonly TreeChange[];
  readonly message: string;
  readonly identity: Identity;
}

/**
 * Writes blobs, trees and one commit with a single `git fast-import` in the neutral directory: no ref of the repository
 * moves, no index or checkout takes part.
 *
 * @returns the object id of the commit
 */
export async function makeCommit(system: System, place: NeutralPlace, commit: NewCommit): Promise<string> {
  return (await makeCommits(system, place, [commit]))[0]!;
}

/** As makeCommit, for any number with one process. Returns the object ids in the same order; of a failure none count. */
export async function makeCommits(
  system: System,
  place: NeutralPlace,
  commits: readonly NewCommit[],
): Promise<string[]> {
  if (commits.length === 0) return [];
  const args = [
    '-c',
    'fastimport.unpackLimit=10000',
    'fast-import',
    '--quiet',
    '--force',
    '--date-format=raw',
  ];
  const input = Buffer.concat(commits.map((commit) => streamOf(system, commit)));
  return (await system.git.text(place, args, { input })).trim().split('\n');
}

function streamOf(system: System, { tree, parents, changes, message, identity }: NewCommit): Buffer {
  const signature = `${identity.name} <${identity.email}> ${Math.floor(system.clock.now().getTime() / 1000)} ${identity.zone}`;
  const pieces: Uint8Array[] = [];
  const line = (text: string) => pieces.push(Buffer.from(`${text}\n`));
  line(`commit refs/rota/made/${system.random.id()}`);
  line('mark :1');
  line(`author ${signature}`);
  line(`committer ${signature}`);
  data(pieces, Buffer.from(message));
  for (const [index, parent] of parents.entries()) line(`${index === 0 ? 'from' : 'merge'} ${parent}`);
  if (tree !== null) line(`M 040000 ${tree} ""`);
  for (const { path, content } of changes) {
    if (content === null) line(`D ${quoted(path)}`);
    else {
      line(`M 100644 inline ${quoted(path)}`);
      data(pieces, content);
    }
  }
  line('');
  line('get-mark :1');
  return Buffer.concat(pieces);
}

function data(pieces: Uint8Array[], content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  pieces.push(Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n'));
}

/** C-style, as fast-import reads paths. */
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

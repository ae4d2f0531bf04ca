import { join } from 'node:path';
import type { Identity } from '../../store/identity.ts';
import { makeCommit } from '../../store/make-commit.ts';
import type { Neutral } from '../../store/neutral.ts';
import type { System } from '../../system/ports.ts';

/** Old main's tree with these paths as the merge result has them, as a commit that no ref names. */
export async function commitOnOldMain(
  system: System,
  neutral: Neutral,
  wish: {
    readonly main: string;
    readonly candidate: string;
    readonly carried: readonly string[];
    readonly identity: Identity;
  },
): Promise<string> {
  const index = join(neutral.folder, `index-${system.random.id()}`);
  const place = neutral.at(neutral.folder, index);
  const entries = await entriesOf(system, neutral, wish);
  await system.git.run(place, ['read-tree', wish.main]);
  // A file may be a folder now, and the other way round: this form of the command replaces.
  await system.git.run(place, ['update-index', '-z', '--index-info'], { input: entries });
  const tree = await system.git.text(place, ['write-tree']);
  return makeCommit(system, neutral.place, {
    tree,
    parents: [wish.main],
    changes: [],
    message: "test: the branch's tests on main\n",
    identity: wish.identity,
  });
}

/** Mode, blob and path of each, as `update-index` reads them. */
async function entriesOf(
  system: System,
  { place }: Neutral,
  { main, candidate, carried }: { main: string; candidate: string; carried: readonly string[] },
): Promise<string> {
  const wanted = new Set(carried);
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', main, candidate];
  const parts = (await system.git.text(place, args)).split('\0');
  let entries = '';
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode, , blob] = (parts[at] ?? '').split(' ');
    const path = parts[at + 1] ?? '';
    if (mode !== undefined && !/^0+$/.test(mode) && wanted.has(path)) entries += `${mode} ${blob}\t${path}\0`;
  }
  return entries;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSound } from '../support/checker/check-sound.ts';
import { blobId } from '../support/checker/git-reader.ts';
import type { Arena } from './arena.ts';
import { type PersonsWork, personsWork } from './person.ts';

/** What must hold after the sweeps, whatever happened before: violations in sentences. Reads only git and the file system. */
export async function check(arena: Arena, before: PersonsWork): Promise<string[]> {
  const { shared, repo, desk, folder } = arena;
  const ledger = join(desk, 'ledger');
  const writes = readdirSync(ledger).map((name) => {
    const bytes = readFileSync(join(ledger, name));
    return { path: name, blob: blobId(bytes), about: bytes.toString('utf8').trim() };
  });
  const clones = shared === repo ? [] : [repo];
  return [
    ...(await checkSound({ shared, clones }, { writes })),
    ...processesOfRuns(folder),
    ...redCommits(arena),
    ...reservations(arena),
    ...changedWork(before, personsWork(arena)),
  ];
}

/** Agents and gates of runs have the arena's HOME. What only reads objects for this process ends by itself. */
function processesOfRuns(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^[0-9]+$/.test(pid)) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      const ofRun = environment.some((entry) => entry.startsWith('ROTA_RUN='));
      if (!ofRun || !environment.includes(`HOME=${join(folder, 'home')}`)) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return command === '' ? [] : [`a process of a dead run is alive: ${pid} ${command}`];
    } catch {
      return [];
    }
  });
}

/** The gate as a plain look at the tree. */
function redCommits({ shared, git }: Arena): string[] {
  return git(shared, 'log', '--first-parent', '--format=%H', 'main')
    .split('\n')
    .filter((commit) => git(shared, 'ls-tree', '--name-only', commit, '--', 'broken') !== '')
    .map((commit) => `main has a red commit: ${commit}`);
}

function reservations({ shared, git }: Arena): string[] {
  return git(shared, 'for-each-ref', '--format=%(refname)', 'refs/rota/tasks/')
    .split('\n')
    .filter(
      (ref) => ref !== '' && /^state: reserved$/m.test(git(shared, 'cat-file', 'blob', `${ref}:record.yaml`)),
    )
    .map((ref) => `${ref} is still reserved`);
}

function changedWork(before: PersonsWork, now: PersonsWork): string[] {
  return [...before].flatMap(([name, text]) =>
    now.get(name) === text
      ? []
      : [`a person's ${name} was ${JSON.stringify(text)} and is ${JSON.stringify(now.get(name))}`],
  );
}

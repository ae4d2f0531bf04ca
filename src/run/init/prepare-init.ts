import { RotaError } from '../../errors.ts';
import { type DetectedProject, detectProject } from '../../role/detect.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { idFromFileName } from '../../task/id.ts';
import { readCheckoutFiles } from '../backlog/checkout-files.ts';
import { checkoutGitDir } from '../backlog/checkout-git-dir.ts';
import { readProjectFacts } from './read-project-facts.ts';

/** What was found in a repository before anything is written. */
export interface InitStart {
  readonly root: string;
  /** The branch that work lands on. */
  readonly branch: string;
  /** The branch that is checked out; null when detached. */
  readonly current: string | null;
  readonly remote: string | null;
  readonly detected: DetectedProject;
  readonly context: readonly string[];
  /** Ids in use, as their files' names say. */
  readonly taken: readonly string[];
  /** File names in backlog/. */
  readonly backlog: readonly string[];
  /** What most ids begin with; null without tasks. */
  readonly prefix: string | null;
}

/**
 * Looks at a repository. Writes nothing.
 *
 * @throws RotaError `repository` in a bare repository: there is no folder to write files into
 */
export async function prepareInit(system: System, repository: Repository): Promise<InitStart> {
  const root = repository.checkout;
  if (root === null) {
    throw new RotaError(
      'repository',
      'This repository is bare: there are no files to write into.',
      'Run rota init in a clone and push.',
    );
  }
  const backlog = (await readCheckoutFiles(system.files, root, 'backlog')).map(({ file }) => file);
  const taken = backlog.map(idFromFileName).filter((id) => id !== null);
  const facts = await readProjectFacts(system, root);
  const current = await readCurrent(system, root);
  const remote = await readRemote(system, repository);
  return {
    root,
    branch: await findMain(system, repository, remote, current),
    current,
    remote,
    detected: detectProject(facts),
    context: ['AGENTS.md', 'CLAUDE.md'].filter((name) => facts.files.has(name)).slice(0, 1),
    taken,
    backlog,
    prefix: commonPrefix(taken),
  };
}

/** A linked worktree has a HEAD of its own. */
async function readCurrent(system: System, root: string): Promise<string | null> {
  const place = { kind: 'repository', gitDir: await checkoutGitDir(system.files, root) } as const;
  const asked = await system.git.run(place, ['symbolic-ref', '-q', '--short', 'HEAD'], { ok: [0, 1] });
  return asked.code === 0 ? asked.stdout.toString('utf8').trim() : null;
}

async function readRemote(system: System, repository: Repository): Promise<string | null> {
  const names = (await system.git.text(repository.place, ['remote']))
    .split('\n')
    .filter((name) => name !== '');
  return names.includes('origin') ? 'origin' : null;
}

/** The remote's default branch, else main or master if they exist, else what is checked out. */
async function findMain(
  system: System,
  repository: Repository,
  remote: string | null,
  current: string | null,
): Promise<string> {
  const { place } = repository;
  if (remote !== null) {
    const asked = await system.git.run(
      place,
      ['symbolic-ref', '-q', '--short', `refs/remotes/${remote}/HEAD`],
      { ok: [0, 1] },
    );
    if (asked.code === 0)
      return asked.stdout
        .toString('utf8')
        .trim()
        .slice(remote.length + 1);
  }
  for (const name of ['main', 'master']) {
    const there = await system.git.run(place, ['rev-parse', '-q', '--verify', `refs/heads/${name}`], {
      ok: [0, 1],
    });
    if (there.code === 0) return name;
  }
  return current ?? 'main';
}

function commonPrefix(ids: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const prefix = id.replace(/\d+$/, '');
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

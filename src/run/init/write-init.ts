import { dirname, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { initialFiles } from '../../role/initial-files.ts';
import type { ProjectChoices } from '../../role/templates/rota-yaml.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { checkoutGitDir } from '../backlog/checkout-git-dir.ts';
import type { InitStart } from './prepare-init.ts';

export interface InitResult {
  /** New files, from the root. */
  readonly written: readonly string[];
  /** Files that were there already and were left as they are. */
  readonly kept: readonly string[];
}

/** Writes what is not there yet. A file that is there is never changed, and standing tasks are not written twice. */
export async function writeInit(
  system: System,
  start: InitStart,
  choices: ProjectChoices,
): Promise<InitResult> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const { path, text } of initialFiles(choices, start.taken)) {
    if (isThereAlready(path, start)) continue;
    const full = join(start.root, path);
    await system.files.makeFolder(dirname(full));
    ((await writeNew(system, full, text)) ? written : kept).push(path);
  }
  return { written, kept };
}

/** A task of the same title under another id. */
function isThereAlready(path: string, { backlog }: InitStart): boolean {
  const slug = /^backlog\/[A-Z][A-Z0-9]*?-?\d+-(.+)$/.exec(path)?.[1];
  return slug !== undefined && backlog.some((file) => file.endsWith(`-${slug}`));
}

async function writeNew(system: System, path: string, text: string): Promise<boolean> {
  try {
    await system.files.write(path, text, { exclusive: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Lists the folder of the worktrees in `.git/info/exclude`, so that no `git add -A` takes them in. */
export function excludeWorktrees(system: System, repository: Repository, folder: string): Promise<void> {
  return addLine(system, join(repository.gitDir, 'info', 'exclude'), `/${folder}/`);
}

/**
 * Lets git merge task files key by key in this repository: `merge.rota.driver` in its config, and an attribute in
 * `.git/info/attributes`. Both are local: a config that others do not have would be of no use to them.
 */
export async function installMergeDriver(system: System, repository: Repository): Promise<void> {
  const { place } = repository;
  await system.git.run(place, ['config', 'merge.rota.name', 'task files key by key']);
  await system.git.run(place, ['config', 'merge.rota.driver', 'rota merge-file %O %A %B %P']);
  await addLine(system, join(repository.gitDir, 'info', 'attributes'), 'backlog/**/*.md merge=rota');
}

async function addLine(system: System, path: string, line: string): Promise<void> {
  const text = (await system.files.readIfThere(path))?.toString('utf8') ?? '';
  if (text.split(/\r?\n/).includes(line)) return;
  await system.files.makeFolder(dirname(path));
  await system.files.append(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
}

/**
 * Commits exactly these files on the branch that is checked out. What else is staged stays staged.
 *
 * @throws RotaError `in-the-way` during a merge, or when the files are ignored
 */
export async function commitFiles(
  system: System,
  start: InitStart,
  paths: readonly string[],
  message: string,
): Promise<void> {
  const gitDir = await checkoutGitDir(system.files, start.root);
  const place = { kind: 'checkout', gitDir, workTree: start.root } as const;
  const input = paths.map((path) => `${path}\0`).join('');
  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const env = { GIT_LITERAL_PATHSPECS: '1', ...identityVariables(system) };
  const added = await system.git.run(place, ['add', ...fromInput], { input, env, ok: [0, 1, 128] });
  if (added.code !== 0) throw notCommitted(added.stderr);
  const committed = await system.git.run(place, ['commit', '-q', '-m', message, ...fromInput], {
    input,
    env,
    ok: [0, 1, 128],
  });
  if (committed.code !== 0) throw notCommitted(committed.stderr);
}

/** The person's own, where it is given by the environment instead of the config. */
function identityVariables(system: System): Record<string, string> {
  const names = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'EMAIL'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = system.environment.variables[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

function notCommitted(said: string): RotaError {
  if (/tell me who you are|user\.useConfigOnly|empty ident/i.test(said)) {
    const hint =
      'git config --global user.name "Your Name" && git config --global user.email you@example.org';
    return new RotaError('identity', 'The files are written; git does not know who commits them.', hint);
  }
  return new RotaError(
    'in-the-way',
    `The files are written, and could not be committed: ${said.trim()}`,
    'Commit them yourself.',
  );
}

import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { GitPlace, System } from '../system/ports.ts';
import { cacheHome } from './cache-home.ts';

/** The repository that rota works for, with everything that its callers need to address it explicitly. */
export interface Repository {
  /** The common git dir, absolute, links resolved. */
  readonly gitDir: string;
  /** Root of the checkout that the command was started in; null in a bare repository. */
  readonly checkout: string | null;
  /** Rota's own files about this repository: `<gitDir>/rota`. */
  readonly rotaDir: string;
  /** Disposable things outside every checkout: `$XDG_CACHE_HOME/rota/<name>-<hash>`. */
  readonly cacheDir: string;
  /** Where agent worktrees are resolved against: the main checkout's root, or the bare directory itself. */
  readonly root: string;
  readonly bare: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly place: GitPlace;
}

/** One process for all answers; the last one fails where there is no checkout, after the others were printed. */
const QUESTIONS = [
  '--path-format=absolute',
  '--git-common-dir',
  '--git-dir',
  '--is-bare-repository',
  '--show-object-format',
  '--show-toplevel',
];

/**
 * Finds the repository around `folder` (also from inside a worktree of it).
 *
 * @throws RotaError `repository` when there is none, it has no commit, or rota cannot work with it
 */
export async function openRepository(system: System, folder: string): Promise<Repository> {
  if ((await kindBehindLinks(system, folder)) !== 'folder') throw notAFolder(folder);
  const asked = await system.processes.run({
    argv: ['git', '-C', folder, 'rev-parse', ...QUESTIONS],
    cwd: folder,
    env: discoveryEnvironment(system),
  });
  if (asked.spawnError !== null)
    throw new RotaError('git', 'git was not found.', 'Install git 2.38 or newer.');
  // Killed from outside: what it had said by then is no answer.
  if (asked.code === null)
    throw new RotaError('git', `git rev-parse was killed in ${folder}.`, 'Run it again.');
  const answers = asked.stdout.toString('utf8').replace(/\n$/, '').split('\n');
  const [common, own, bareText, format, checkout] = answers;
  if (common === undefined || format === undefined) throw notARepository(folder, asked.stderr);
  if (answers.length > QUESTIONS.length - 1 || !isAbsolute(common)) throw lineBreakInPath(folder);
  const gitDir = await system.files.realPath(common);
  if ((await system.files.facts(join(gitDir, 'reftable'))) !== null) throw refTable(folder);
  const bare = bareText === 'true' || (own !== common && (await isBare(system, gitDir)));
  const root = bare ? gitDir : dirname(gitDir);
  return {
    gitDir,
    checkout: bare ? null : (checkout ?? null),
    rotaDir: join(gitDir, 'rota'),
    cacheDir: join(cacheHome(system), 'rota', `${basename(root)}-${shortHash(gitDir)}`),
    root,
    bare,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    place: { kind: 'repository', gitDir },
  };
}

/** Git's own variables are left out: they could point somewhere else than `folder`. */
function discoveryEnvironment(system: System): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: 'C' };
  for (const name of ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR']) {
    const value = system.environment.variables[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

function notARepository(folder: string, stderr: string): RotaError {
  const unknown = /(?:unknown repository extension|Expected git repo version)[\s\S]*/.exec(stderr)?.[0];
  if (unknown !== undefined)
    return new RotaError(
      'repository',
      `This git cannot read the repository in ${folder}: ${unknown.trim().replace(/\s+/g, ' ')}`,
      'Rota calls the git that is found first in PATH: install a newer one. Refs in the reftable format are not supported.',
    );
  if (/dubious ownership/.test(stderr)) {
    return new RotaError(
      'repository',
      `git does not trust ${folder}: it belongs to another user.`,
      `git config --global --add safe.directory ${folder}`,
    );
  }
  return new RotaError(
    'repository',
    `${folder} is not inside a git repository.`,
    'Run rota in a repository, or make one: git init && git commit --allow-empty -m init',
  );
}

/** Rota reads HEAD and lock files of refs itself. */
function refTable(folder: string): RotaError {
  return new RotaError(
    'repository',
    `The repository in ${folder} keeps its refs in the reftable format, which rota does not support.`,
    'git refs migrate --ref-format=files',
  );
}

async function kindBehindLinks(system: System, path: string): Promise<string | null> {
  const facts = await system.files.facts(path);
  if (facts?.kind !== 'link') return facts?.kind ?? null;
  return (await system.files.facts(await system.files.realPath(path).catch(() => path)))?.kind ?? null;
}

function notAFolder(folder: string): RotaError {
  return new RotaError(
    'usage',
    `There is no folder ${folder}.`,
    'Name a folder inside a git repository: rota -C <folder>',
  );
}

/** Git prints paths line by line here, and many tools do the same. */
function lineBreakInPath(folder: string): RotaError {
  return new RotaError(
    'repository',
    `The path of this repository has a line break in it: ${JSON.stringify(folder)}.`,
    'Rota cannot work there: rename the folder.',
  );
}

/** In a linked worktree of a bare repository git answers false. */
async function isBare(system: System, gitDir: string): Promise<boolean> {
  const value = await system.git.run({ kind: 'repository', gitDir }, ['config', '--bool', 'core.bare'], {
    ok: [0, 1],
  });
  return value.stdout.toString('utf8').trim() === 'true';
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

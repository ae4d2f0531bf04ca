import { existsSync } from 'node:fs';
import { RotaError } from '../errors.ts';
import { type AskObjects, objectReader } from './object-reader.ts';
import type { GitDoor, GitOptions, GitOutput, GitPlace, Processes } from './ports.ts';

/**
 * Flags on every call: nothing that a repository's config names may run, and no background maintenance starts in a
 * repository where people work.
 */
const SAFE_FLAGS = [
  '--no-optional-locks',
  ...[
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.untrackedCache=false',
    'core.pager=cat',
    'gc.auto=0',
  ]
    .concat([
      'maintenance.auto=false',
      'core.quotePath=false',
      'advice.detachedHead=false',
      'commit.gpgSign=false',
    ])
    .concat(['protocol.ext.allow=never', 'core.precomposeUnicode=false', 'submodule.recurse=false'])
    .flatMap((setting) => ['-c', setting]),
];

const CAT_FILE = ['git', ...SAFE_FLAGS, 'cat-file', '--batch-command', '--buffer'];

/** Variables of the person that reach git: where its config is, and how it authenticates. No GIT_* is inherited. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'SSH_AUTH_SOCK',
].concat([
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
]);

/** Git through `processes`, with the person's `variables` scrubbed. Every call is a session of its own. */
export function realGit(
  processes: Processes,
  variables: Readonly<Record<string, string | undefined>>,
): GitDoor {
  const inherited: Record<string, string> = {
    LC_ALL: 'C',
    GIT_NO_REPLACE_OBJECTS: '1',
    // A missing object must not start a fetch with the commands that a repository's config names for it.
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  for (const name of INHERITED) if (variables[name] !== undefined) inherited[name] = variables[name];

  async function run(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
    // Paths are absolute; the root is always there, and nobody else writes attributes into it.
    const cwd = 'workTree' in place && place.workTree !== undefined ? place.workTree : '/';
    const result = await processes.run({
      argv: ['git', ...SAFE_FLAGS, ...args],
      cwd,
      env: { ...inherited, ...placeVariables(place), ...options.env },
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.timeLimit === undefined ? {} : { timeLimit: options.timeLimit }),
    });
    if (result.spawnError !== null) throw notStarted(result.spawnError, cwd);
    const code = result.code ?? -1;
    if (!(options.ok ?? [0]).includes(code)) throw failed(args, code, result.timedOut, result.stderr);
    return { code, stdout: result.stdout, stderr: result.stderr };
  }

  const readers = new Map<string, AskObjects>();
  function readerAt(place: GitPlace): AskObjects {
    const env = { ...inherited, ...placeVariables(place) };
    const key = JSON.stringify(env);
    const reader = readers.get(key) ?? objectReader({ argv: CAT_FILE, cwd: '/', env });
    readers.set(key, reader);
    return reader;
  }

  return {
    run,
    objects: (place, question, names) => readerAt(place)(question, names),
    text: async (place, args, options) =>
      (await run(place, args, options)).stdout.toString('utf8').replace(/\n$/, ''),
  };
}

function placeVariables(place: GitPlace): Record<string, string> {
  switch (place.kind) {
    case 'repository':
      return { GIT_DIR: place.gitDir };
    case 'checkout':
      return { GIT_DIR: place.gitDir, GIT_WORK_TREE: place.workTree };
    case 'neutral':
      return {
        GIT_DIR: place.gitDir,
        GIT_OBJECT_DIRECTORY: place.objects,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_ATTR_NOSYSTEM: '1',
        ...(place.workTree === undefined ? {} : { GIT_WORK_TREE: place.workTree }),
        ...(place.index === undefined ? {} : { GIT_INDEX_FILE: place.index }),
      };
    default:
      return place satisfies never;
  }
}

function notStarted(code: string, cwd: string): RotaError {
  // Starting a program in a folder that is gone fails just like a program that is not there.
  if (code === 'ENOENT' && !existsSync(cwd))
    return new RotaError('files', `The folder ${cwd} is gone.`, 'Run it again; rota sweep cleans up.');
  return code === 'ENOENT'
    ? new RotaError(
        'git',
        'git was not found.',
        'Install git 2.38 or newer and make sure that it is on PATH.',
      )
    : new RotaError('git', `git could not be started (${code}).`);
}

/** How git says that the disk, not the repository, is the trouble; the second one is fast-import's. */
const NO_ROOM =
  /No space left on device|Out of diskspace|Disk quota exceeded|Read-only file system|Permission denied/i;

function failed(args: readonly string[], code: number, timedOut: boolean, stderr: string): RotaError {
  const what = args
    .filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== '-c')
    .slice(0, 2)
    .join(' ');
  const said = stderr.trim() === '' ? '' : `: ${stderr.trim()}`;
  const full = NO_ROOM.exec(stderr);
  if (full !== null)
    return new RotaError(
      'files',
      `git ${what} failed${said}`,
      'Free some space or check who owns the folder.',
    );
  return new RotaError(
    'git',
    `git ${what} ${timedOut ? 'took too long' : `failed with exit ${code}`}${said}`,
  );
}

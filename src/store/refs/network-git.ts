import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import { loginVariables } from './login-variables.ts';
import { shareShallow } from './share-shallow.ts';
import { silenceLimits } from './silence-limits.ts';

export interface NetworkAnswer {
  readonly code: number;
  readonly stdout: string;
  /** What git and the server said, safe to show, without credentials. */
  readonly words: string;
  /** What the server printed for people, line by line, safe to show; bounded. */
  readonly server: readonly string[];
}

/** Git towards a remote. A failing call is an answer; only a broken surrounding (no git, full disk) throws. */
export type NetworkGit = (
  args: readonly string[],
  timeLimit: number,
  input?: string,
) => Promise<NetworkAnswer>;

const ANSWERS = [0, 1, 2, 128, 129, 141];

/**
 * Network calls run in the neutral directory, so that nothing that the repository's own config names is executed or
 * redirects them (core.sshCommand, insteadOf, uploadpack, alternateRefsCommand, hooks). Unlike all other neutral calls they
 * see the *person's* config (`~/.gitconfig`, system): that is where credential helpers, proxies and ssh settings are.
 */
export function networkGit(system: System, repository: Repository, neutral: Neutral): NetworkGit {
  const place = { kind: 'repository', gitDir: neutral.folder } as const;
  const env = { ...loginVariables(system), GIT_OBJECT_DIRECTORY: neutral.place.objects };
  return async (args, timeLimit, input) => {
    await shareShallow(system, repository, neutral.folder);
    try {
      const limits = args[0] === 'fetch' ? await silenceLimits(system, place) : {};
      const said = await system.git.run(place, args, {
        ...{ env: { ...env, ...limits }, timeLimit, ok: ANSWERS },
        ...(input === undefined ? {} : { input }),
      });
      if (said.code !== 0) throwIfDiskFails(said.stderr);
      return {
        code: said.code,
        stdout: said.stdout.toString('utf8'),
        words: wordsOf(said.stderr),
        server: serverLines(said.stderr),
      };
    } catch (error) {
      if (!(error instanceof RotaError) || error.code !== 'git') throw error;
      if (error.message.startsWith('git was not found')) throw error;
      return { code: -1, stdout: '', words: wordsOf(error.message), server: [] };
    }
  };
}

/** This machine's own trouble, as opposed to what the server says of its. */
function throwIfDiskFails(stderr: string): void {
  const own = stderr.split('\n').find((line) => !line.startsWith('remote:') && DISK.test(line));
  if (own !== undefined)
    throw new RotaError('files', plainText(own), 'Free some space or make the folder writable.');
}

const DISK = /No space left on device|Disk quota exceeded|Read-only file system/;

const NOISE =
  /^(?:error: failed to push some refs|error: atomic push failed|To |Please make sure you have|and the repository exists)/;

/** The server's own lines where there are any, else git's. */
function wordsOf(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => plainText(line).trim())
    .filter((line) => line !== '' && !NOISE.test(line));
  const server = lines.flatMap((line) =>
    line.startsWith('remote:') ? [line.slice('remote:'.length).trim()] : [],
  );
  const said = (server.some((line) => line !== '') ? server : lines).filter((line) => line !== '').join(' ');
  return withoutCredentials(said).slice(0, 600);
}

const MOST_LINES = 200;

function serverLines(stderr: string): string[] {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.startsWith('remote:'));
  return lines
    .slice(0, MOST_LINES)
    .map((line) => withoutCredentials(plainText(line.slice('remote:'.length)).trim()).slice(0, 1000));
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]+@/g, '//');
}

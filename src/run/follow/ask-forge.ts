import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Followed, Forge, PullRequest } from '../../forge/forge.ts';
import { ForgeError } from '../../forge/forge-error.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { forgeOf } from '../propose/open-request.ts';
import type { FollowedTask } from './followed-task.ts';

/** What the forge said about all requests at once. */
export interface ForgeWord {
  /** `answered`: what is not in `requests` it does not know. `mute`: this forge cannot be asked. `failed`: it could be, not now. */
  readonly kind: 'answered' | 'mute' | 'failed';
  readonly requests: ReadonlyMap<TaskKey, PullRequest>;
  /** For `failed`: what is the matter and what to do. */
  readonly trouble: string | null;
  /** For `failed`: it is not to be asked at all for a while, not even for a new request. */
  readonly resting: boolean;
}

/** A limit that is said to end later than this is not believed: clocks differ. In milliseconds. */
const LONGEST_REST = 2 * 60 * 60_000;
const REST = 'forge-rests';

/**
 * One question to the forge about every open request. A forge that fails stops nothing: git's own word is left. After a rate limit
 * nobody on this machine asks before it ends.
 */
export async function askForge(
  project: Project,
  { config }: Snapshot,
  tasks: readonly FollowedTask[],
  dryRun: boolean,
): Promise<ForgeWord> {
  const until = await restsUntil(project);
  if (until !== null)
    return failed(
      `the forge is not asked before ${inWords(until)}: it takes no more questions until then (rate limit)`,
      true,
    );
  try {
    const forge = await forgeOf(project, config.pullRequest.forge);
    if (!forge.canFollow) return { kind: 'mute', requests: new Map(), trouble: null, resting: false };
    return { kind: 'answered', requests: await ask(forge, tasks), trouble: null, resting: false };
  } catch (error) {
    if (!(error instanceof ForgeError) && !(error instanceof RotaError && error.code === 'config'))
      throw error;
    if (error instanceof ForgeError && error.until !== null && !dryRun) await rest(project, error.until);
    const words = [error.message, error.hint].filter((part) => part !== null).join(' ');
    return failed(words, error instanceof ForgeError && error.trouble === 'rate-limited');
  }
}

function failed(trouble: string, resting: boolean): ForgeWord {
  return { kind: 'failed', requests: new Map(), trouble, resting };
}

async function ask(forge: Forge, tasks: readonly FollowedTask[]): Promise<Map<TaskKey, PullRequest>> {
  const asked = tasks.map(
    ({ record }): Followed => ({
      number: numberOf(record.pr),
      branch: record.proposal.branch,
    }),
  );
  const answers = await forge.follow(asked);
  const found = new Map<TaskKey, PullRequest>();
  for (const { key, record } of tasks) {
    const number = numberOf(record.pr);
    // Whoever can write a record can write any number there: only the branch's own request counts.
    const own = answers.filter(({ branch, fork }) => branch === record.proposal.branch && fork === null);
    const request = own.find((one) => one.number === number) ?? (number === null ? own[0] : undefined);
    if (request !== undefined) found.set(key, request);
  }
  return found;
}

function numberOf(pr: string | null): number | null {
  const digits = /\/pull\/([1-9]\d{0,8})$/.exec(pr ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

async function rest(project: Project, until: Date): Promise<void> {
  const { files } = project.system;
  await files.makeFolder(project.repository.rotaDir);
  await files.writeWhole(join(project.repository.rotaDir, REST), `${until.toISOString()}\n`);
}

async function restsUntil({ system, repository }: Project): Promise<Date | null> {
  const text = (await system.files.readIfThere(join(repository.rotaDir, REST)))?.toString('utf8').trim();
  const until = Date.parse(text ?? '');
  const now = system.clock.now().getTime();
  return until > now && until < now + LONGEST_REST ? new Date(until) : null;
}

function inWords(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

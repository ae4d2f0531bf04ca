import { readTrailers } from '../../plan/landing-trailers.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from './project.ts';
import { readRunFacts } from './run-folder.ts';

const MOST = 200;
const MOST_NAMES = 5;
const BACKLOG = 'chore(backlog): ';

/**
 * Commits of main's first-parent history that no run landed, in a sentence: people commit and pull, and so may an agent.
 *
 * @param wish.run its own landings come later, so that none of these is one
 * @param wish.by only those of this committer; null: everybody's
 */
export async function foreignCommits(
  project: Project,
  wish: { readonly from: string; readonly to: string; readonly run: string; readonly by: string | null },
): Promise<string[]> {
  const found: string[] = [];
  const commits = await readCommits(project, wish.from, wish.to);
  const isBacklog = ({ message }: Commit) => message.startsWith(BACKLOG);
  const outside = commits.some(isBacklog) ? await outsideBacklog(project, wish.from, wish.to) : new Set();
  for (const commit of commits) {
    if (wish.by !== null && commit.email !== wish.by) continue;
    if (isBacklog(commit) && !outside.has(commit.oid)) continue;
    if (await isLanding(project, commit, wish.run)) continue;
    const subject = plainText(commit.message.split('\n')[0] ?? '').slice(0, 80);
    found.push(`${commit.oid.slice(0, 10)} (${subject})`);
  }
  if (found.length === 0) return [];
  const more = found.length > MOST_NAMES ? ` and ${found.length - MOST_NAMES} more` : '';
  const count = found.length === 1 ? 'a commit' : 'commits';
  return [
    `while the agent worked, ${project.branch} got ${count} that no run landed, by you or by the agent: ${found.slice(0, MOST_NAMES).join(', ')}${more}`,
  ];
}

interface Commit {
  readonly oid: string;
  readonly email: string;
  readonly message: string;
}

async function readCommits({ system, neutral }: Project, from: string, to: string): Promise<Commit[]> {
  const args = ['log', '--first-parent', `--max-count=${MOST}`, '--no-show-signature', '-z'];
  const range = ['--format=%H%n%ce%n%B', `${from}..${to}`, '--'];
  const { stdout } = await system.git.run(neutral.place, [...args, ...range]);
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [oid = '', email = '', ...message] = entry.split('\n');
      return { oid, email, message: message.join('\n') };
    });
}

async function outsideBacklog({ system, neutral }: Project, from: string, to: string): Promise<Set<string>> {
  const args = ['rev-list', '--first-parent', `--max-count=${MOST}`, `${from}..${to}`];
  const { stdout } = await system.git.run(neutral.place, [...args, '--', '.', ':(exclude,top)backlog']);
  return new Set(stdout.toString('utf8').split('\n'));
}

/** Of another run, which on this machine has left its folder; those of other machines cannot be looked up. */
async function isLanding(
  { system, repository, remote }: Project,
  { message }: Commit,
  own: string,
): Promise<boolean> {
  const trailers = readTrailers(message);
  const run = trailers.get('Run')?.[0] ?? null;
  if (run === null || run === own || !trailers.has('Gated')) return false;
  return remote !== null || (await readRunFacts(system, repository, run)) !== null;
}

import type { ConflictCommit } from '../../role/conflict-material.ts';
import { commitTime, NO_TIME } from '../../store/commit-time.ts';
import { parseTaskId } from '../../task/id.ts';
import type { Project } from '../project/project.ts';

/** Commits at most. */
const MOST = 30;
/** Begins a commit's entry among the names of files. */
const START = '\u0002';
const FIELDS = ['%H', '%ct', '%an', trailer('Task'), trailer('Gated'), '%s'];

/**
 * Commits of main's first-parent history that the branch has not and that changed these files: landings appear as what they
 * landed. Newest first, at most 30.
 */
export async function readConflictLog(
  { system, neutral }: Project,
  { branch, main }: { readonly branch: string; readonly main: string },
  files: readonly string[],
): Promise<{ log: ConflictCommit[]; logCut: boolean }> {
  if (files.length === 0) return { log: [], logCut: false };
  const text = await system.git.text(neutral.place, [
    ...['--literal-pathspecs', 'log', '--first-parent', `--max-count=${MOST + 1}`, '--no-show-signature'],
    ...['-z', '--no-renames', '--name-only', `--format=${START}${FIELDS.join('%n')}`, main, `^${branch}`],
    ...['--', ...files],
  ]);
  const log: (ConflictCommit & { files: string[] })[] = [];
  for (const part of text.split('\0')) {
    const commit = commitIn(part);
    if (commit !== null) log.push(commit);
    else if (part.trim() !== '') log.at(-1)?.files.push(part.replace(/^\n/, ''));
  }
  return { log: log.slice(0, MOST), logCut: log.length > MOST };
}

function trailer(key: string): string {
  return `%(trailers:key=${key},valueonly,separator=%x20)`;
}

function commitIn(part: string): (ConflictCommit & { files: string[] }) | null {
  const [id = '', at = '', author = '', task = '', gated = '', ...subject] = part.split('\n');
  if (!part.startsWith(START) || !/^.[0-9a-f]{40,64}$/.test(id)) return null;
  // Anybody can write a trailer; a landing has both, and an id.
  const landed = gated === '' ? null : parseTaskId(task);
  return {
    ...{ commit: id.slice(1), at: commitTime(at) ?? NO_TIME, author, subject: subject.join(' ') },
    ...{ task: landed, files: [] },
  };
}

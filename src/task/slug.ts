import type { Task } from './task.ts';

const LONGEST = 50;

/** A title as `[a-z0-9-]{0,50}`, words joined by dashes, cut at a word where possible; may be empty. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/['\u2019]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (words.length <= LONGEST) return words;
  const cut = words.slice(0, LONGEST + 1);
  const end = cut.lastIndexOf('-');
  return end > LONGEST / 2 ? cut.slice(0, end) : words.slice(0, LONGEST).replace(/-+$/, '');
}

/** The branch of a role's work on a task: `ai/<role>/<ID>-<slug>`. Fixed at the claim: a title may change later. */
export function branchOf(role: string, task: Pick<Task, 'id' | 'title'>): string {
  const slug = slugOf(task.title);
  return slug === '' ? `ai/${role}/${task.id}` : `ai/${role}/${task.id}-${slug}`;
}

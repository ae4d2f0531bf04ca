import type { AgentActivity } from '../../events.ts';
import { plainLines, plainText } from '../../task/text.ts';

/** An activity that may be shown and kept: its texts plain and short, a path from the worktree's root. */
export function boundActivity(activity: AgentActivity, worktree: string): AgentActivity {
  switch (activity.kind) {
    case 'tool':
      return { ...activity, name: line(activity.name, 80), detail: line(activity.detail, 300) };
    case 'edit':
      return { ...activity, path: line(fromRoot(activity.path, worktree), 500) };
    case 'text':
      return { ...activity, text: short(plainLines(activity.text.slice(0, 20_000)).trim(), 2000) };
    case 'permission':
    case 'waiting':
      return { ...activity, detail: line(activity.detail, 300) };
    case 'usage':
      return activity;
    default:
      return activity satisfies never;
  }
}

function fromRoot(path: string, worktree: string): string {
  return path.startsWith(`${worktree}/`) ? path.slice(worktree.length + 1) : path;
}

function line(text: string, most: number): string {
  return short(plainText(text.slice(0, most * 10)).trim(), most);
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

import type { TaskRecord } from '../../plan/record.ts';

/** Commits that only this record refers to and that git must not collect: a gated merge that waits to land, what is proposed. */
export function keptCommits(record: TaskRecord | null): string[] {
  return [record?.waiting?.commit, record?.proposal?.head].filter((commit) => commit !== undefined);
}

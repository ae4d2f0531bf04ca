import type { TreeChange } from '../../store/make-commit.ts';
import { parseTaskFile } from '../../task/parse.ts';

/** Whether it is a task file as every proposed task arrives: a draft that nobody has. */
export function isDraft({ path, content }: TreeChange): boolean {
  const parsed = parseTaskFile(path, Buffer.from(content ?? ''));
  return parsed.kind === 'task' && parsed.task.status === 'draft' && parsed.task.lock === null;
}

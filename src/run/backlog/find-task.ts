import { readFilesAt } from '../../store/backlog/read-text.ts';
import { idsOfFileName, parseTaskId } from '../../task/id.ts';
import { parseTaskFile } from '../../task/parse.ts';
import type { ParsedFile, TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';

export interface FoundTask {
  readonly parsed: Exclude<ParsedFile, { kind: 'not-a-task' }>;
  readonly text: string;
}

const AT_ONCE = 500;

/** One task's file at a commit. Files whose names begin with the id are read first: as a rule it is one. */
export async function findTask(project: Project, commit: string, key: TaskKey): Promise<FoundTask | null> {
  const files = await listBacklog(project, commit);
  const named = (file: string) => idsOfFileName(file).some((id) => parseTaskId(id) === key);
  const likely = files.filter(named);
  const rest = files.filter((file) => idsOfFileName(file).length === 0);
  for (const group of [likely, ...inGroups(rest)]) {
    const found = await findAmong(project, commit, group, key);
    if (found !== null) return found;
  }
  return null;
}

async function findAmong(
  project: Project,
  commit: string,
  files: readonly string[],
  key: TaskKey,
): Promise<FoundTask | null> {
  if (files.length === 0) return null;
  const texts = await readFilesAt(project.system, project.repository, commit, files);
  for (const file of files) {
    const bytes = texts.get(file);
    if (bytes === undefined || bytes === null) continue;
    const parsed = parseTaskFile(file, bytes);
    if (parsed.kind === 'not-a-task') continue;
    const its = parsed.kind === 'task' ? parsed.task.key : parsed.id === null ? null : parseTaskId(parsed.id);
    if (its === key) return { parsed, text: bytes.toString('utf8') };
  }
  return null;
}

async function listBacklog(project: Project, commit: string): Promise<string[]> {
  const { system, repository } = project;
  const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit, 'backlog/'];
  const listed = await system.git.run(repository.place, args);
  return listed.stdout
    .toString('utf8')
    .split('\0')
    .filter((file) => file.endsWith('.md'));
}

function inGroups(files: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) groups.push(files.slice(at, at + AT_ONCE));
  return groups;
}

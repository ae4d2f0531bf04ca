import type { Config } from '../../config.ts';
import type { AttemptNote } from '../../plan/record.ts';
import type { PromptParts } from '../../role/prompt-parts.ts';
import type { Role } from '../../role/role.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from '../project/project.ts';

/** Whose prompt it is, and where its agent works. */
export interface PromptWish {
  readonly role: Role;
  readonly task: Task;
  /** The task file's text. */
  readonly text: string;
  readonly notes: readonly AttemptNote[];
  readonly config: Config;
  /** The commit that everything is read at. */
  readonly main: string;
  readonly branch: string;
  /** As the agent sees them. */
  readonly folder: string;
  readonly resultFile: string;
  readonly result: 'required' | 'optional';
}

/** Everything in a prompt is read from main, never from a worktree. */
export async function readPromptParts(project: Project, wish: PromptWish): Promise<PromptParts> {
  const { role, config, notes, text, branch } = wish;
  const context = await readFilesAt(project.system, project.repository, wish.main, config.context);
  const { id, title, type, file } = wish.task;
  return {
    context: config.context.flatMap((name) => {
      const bytes = context.get(name);
      return bytes === undefined || bytes === null ? [] : [{ file: name, text: bytes.toString('utf8') }];
    }),
    role,
    task: { id, title, type, file, text },
    notes: notes.map(({ at, outcome, text: note }) => `${at} ${outcome}\n${note}`),
    failure: null,
    conflict: null,
    protocol: {
      worktree: wish.folder,
      branch,
      main: project.branch,
      resultFile: wish.resultFile,
      result: wish.result,
      gate: config.gate === 'none' ? 'none' : config.gate.map((command) => command.run),
    },
  };
}

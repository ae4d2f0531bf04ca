import type { Agent } from '../../agent/agent.ts';
import type { Config, IsolationKind } from '../../config.ts';
import type { ProgramStart } from '../../isolate/none.ts';
import type { Role } from '../../role/role.ts';
import type { Project } from '../project/project.ts';
import type { RunFolder } from '../project/run-folder.ts';
import type { Worktree } from '../worktree/worktree.ts';

/** What a place to work is made for. */
export interface WorkplaceWish {
  readonly project: Project;
  readonly run: string;
  readonly role: Role;
  readonly agent: Agent;
  /** Main's. */
  readonly config: Config;
  readonly branch: string;
  readonly worktree: Worktree;
  readonly folder: RunFolder;
}

/** Where the agent of a run works, and what keeps it there. */
export interface Workplace {
  readonly isolation: IsolationKind;
  /** For the start of the run, one line for people: what the agent can reach, and what not. */
  readonly says: string;
  /** Whether something keeps the agent from what is the person's; false: it has their rights. */
  readonly confined: boolean;
  /** Its current folder: the run's worktree, or a repository of its own. */
  readonly folder: string;
  /** `$ROTA_RESULT`, as the agent writes it: never below a `.git`, where clients refuse to write (result-desk.ts). */
  readonly resultFile: string;
  /** `$ROTA_PROMPT`, as the agent reads it. */
  readonly promptFile: string;
  /**
   * Before each turn, with the prompt in the run's folder (`prompt.md`): what is in the run's worktree now is there, and
   * nothing of an earlier turn's result.
   */
  enter(): Promise<void>;
  /** A program as it is really started there. */
  wrap(start: ProgramStart): ProgramStart;
  /**
   * After each turn, when nothing of the agent is alive: brings its work into the run's worktree and its result into the
   * run's folder. Sentences on what it tried and nobody may want; normally none.
   */
  collect(): Promise<readonly string[]>;
  /** Nothing of it stays behind. Its work was collected. */
  close(): Promise<void>;
}

import { baseEnvironment } from './base-environment.ts';

export interface AgentEnvironmentInput {
  /** Of this process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** rota.yaml's `env`. */
  readonly allow: readonly string[];
  readonly run: string;
  readonly task: string;
  readonly role: string;
  readonly worktree: string;
  readonly branch: string;
  readonly resultFile: string;
  readonly promptFile: string;
  /** The home checkout; null in a bare repository. */
  readonly home: string | null;
}

/** Everything that an agent, and the setup of its worktree, sees of the environment. */
export function agentEnvironment(input: AgentEnvironmentInput): Record<string, string> {
  return {
    ...baseEnvironment(input.variables, input.allow, input.run),
    ROTA_TASK: input.task,
    ROTA_ROLE: input.role,
    ROTA_WORKTREE: input.worktree,
    ROTA_BRANCH: input.branch,
    ROTA_RESULT: input.resultFile,
    ROTA_PROMPT: input.promptFile,
    ...(input.home === null ? {} : { ROTA_HOME: input.home }),
  };
}

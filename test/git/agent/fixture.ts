import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentTurn } from '../../../src/agent/agent.ts';
import { agentEnvironment } from '../../../src/isolate/agent-environment.ts';
import { type Sandbox, sandbox } from '../../support/repo.ts';

/** A sandbox with a worktree folder and a turn that a test changes as it likes. */
export function turnIn(changes: Partial<AgentTurn> = {}, box: Sandbox = sandbox()) {
  const worktree = join(box.folder, 'worktree');
  const runs = join(box.folder, 'run');
  mkdirSync(worktree, { recursive: true });
  mkdirSync(runs, { recursive: true });
  const system = box.system();
  const run = system.random.id();
  const promptFile = join(runs, 'prompt.md');
  const resultFile = join(runs, 'result.md');
  const env = agentEnvironment({
    variables: { ...box.env, ANTHROPIC_API_KEY: 'k', SECRET: 's', GIT_DIR: '/nowhere', NODE_OPTIONS: '' },
    allow: ['ANTHROPIC_API_KEY', 'GIT_DIR', 'NOT_SET'],
    run,
    task: 'A1',
    role: 'developer',
    worktree,
    branch: 'ai/developer/A1',
    resultFile,
    promptFile,
    home: box.folder,
  });
  const turn: AgentTurn = {
    run,
    session: null,
    prompt: 'Do it.',
    promptFile,
    resultFile,
    worktree,
    env,
    timeLimit: 20_000,
    stallLimit: 20_000,
    outputFile: join(runs, 'agent.log'),
    stop: new AbortController().signal,
    wrap: (start) => start,
    mayEdit: () => true,
    onActivity: () => undefined,
    onStarted: () => undefined,
    ...changes,
  };
  return { box, system, turn, worktree, runs };
}

/** Polls: tests never sleep for a guessed time. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (const start = Date.now(); !condition(); ) {
    if (Date.now() - start > 15_000) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

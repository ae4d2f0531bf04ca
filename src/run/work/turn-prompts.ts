import { metLines } from '../../plan/met-conflict.ts';
import { promptLimit } from '../../plan/prompt-limit.ts';
import type { ConflictMaterial } from '../../role/conflict-material.ts';
import { conflictTurn } from '../../role/prompt-conflict.ts';
import { fitPrompt } from '../../role/prompt-fit.ts';
import type { PromptParts, TurnParts } from '../../role/prompt-parts.ts';
import { changedTaskTurn, FULL_CONTEXT, fixTurn } from '../../role/prompt-turns.ts';
import { returnedTurn } from '../../role/returned-turn.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { contentHash } from '../../task/content-hash.ts';
import { taskWords } from '../../task/task-words.ts';
import type { LandingEnd } from '../land/landing-work.ts';
import { readSnapshot } from '../project/snapshot.ts';
import { openMerge } from '../worktree/open-merge.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { endingOfLanding } from './ending-of-landing.ts';
import { noteFailure } from './last-failure.ts';
import { readConflict } from './read-conflict.ts';
import { readPromptParts } from './read-prompt-parts.ts';

/** What the agent's next turn is told, and what the task said then. */
export interface NextTurn {
  /** Complete in itself, for an agent that remembers nothing. */
  readonly prompt: string;
  /** Only what is new, for a session that goes on; null: there is nothing to go on in. */
  readonly followUp: string | null;
  /** `taskWords` of the task file that the prompt shows. */
  readonly words: string;
}

/**
 * The prompt of a run's first turn; a resumed branch with a conflict starts with that. A task that no prompt can hold ends the
 * run.
 */
export async function firstPrompt(run: ActiveRun): Promise<NextTurn | Ending> {
  const parts = await partsOf(run, run.claim.main, run.claim.text);
  const before = returnedWords(run);
  const merge = run.worktree?.merge ?? null;
  if (merge === null || merge.conflicts.length === 0)
    return withoutFollowUp(nextTurn(run, { parts, turn: before }));
  const material = await meetConflict(run, merge.conflicts, merge.commit);
  return withoutFollowUp(nextTurn(run, conflictTurn(parts, { material, inFiles: true, before })));
}

/** For a new session that goes on with what another one began: its context was full. */
export async function freshPrompt(run: ActiveRun): Promise<NextTurn | Ending> {
  const { text, main } = await currentTask(run);
  return withoutFollowUp(nextTurn(run, { parts: await partsOf(run, main, text), turn: FULL_CONTEXT }));
}

/** Within the prompt's limit, and said what that leaves out. */
function nextTurn(run: ActiveRun, turn: TurnParts): NextTurn | Ending {
  const { role, agent, claim } = run;
  const { config } = claim.snapshot;
  const fitted = fitPrompt(turn, promptLimit(config, role, config.agents[agent.name]));
  if (fitted.kind === 'too-long') return { outcome: 'blocked', reason: fitted.reason };
  const { prompt, followUp, leftOut } = fitted;
  if (leftOut.length > 0) {
    const message = `the prompt was too long; left out: ${leftOut.join('; ')}`;
    run.tell({ type: 'notice', level: 'warning', message });
  }
  return { prompt, followUp, words: taskWords(turn.parts.task.text) };
}

function withoutFollowUp(next: NextTurn | Ending): NextTurn | Ending {
  return 'outcome' in next ? next : { ...next, followUp: null };
}

/** A pull request that came back says so; null: this is no such run. */
function returnedWords({ claim: { record } }: ActiveRun): string | null {
  return record.state === 'returned' ? returnedTurn(record.pr, record.reason) : null;
}

/**
 * After a landing that did not work: the prompt of another turn, as long as the role has `fixes` left, else the run's ending.
 *
 * @param turn the turn that led to this landing, counted from 1
 */
export async function promptAfter(run: ActiveRun, end: LandingEnd, turn: number): Promise<NextTurn | Ending> {
  const mendable = end.kind === 'red' || end.kind === 'conflict' || end.kind === 'changed';
  if (!mendable) return endingOfLanding(end);
  const last = turn > run.role.fixes;
  if (end.kind === 'red') await noteFailure(run, { name: end.reason, output: end.failure, turn });
  if (!last)
    run.tell({ type: 'notice', level: 'info', message: `turn ${turn + 1}: ${endingOfLanding(end).reason}` });
  if (end.kind === 'conflict') {
    // Read in the last turn, too: the run's note names what met.
    const material = await meetConflict(run, end.files, end.main);
    return last ? endingOfLanding(end) : settleConflict(run, material);
  }
  if (last) return endingOfLanding(end);
  const { text, main } = await currentTask(run);
  const parts = await partsOf(run, main, text);
  if (end.kind === 'changed') return nextTurn(run, changedTaskTurn(parts, run.claim.text));
  const red = { name: end.reason, output: end.failure, turn, turns: run.role.fixes };
  return nextTurn(run, fixTurn(parts, red));
}

/** Main is merged into the worktree with the conflict markers left in, so that the agent has both sides in its files. */
async function settleConflict(run: ActiveRun, material: ConflictMaterial): Promise<NextTurn | Ending> {
  const { text } = await currentTask(run);
  const opened = await openMerge(run.project, run.worktree!, material.main);
  const parts = await partsOf(run, material.main, text);
  const inFiles = (opened?.conflicts ?? []).length > 0;
  return nextTurn(run, conflictTurn(parts, { material, inFiles, before: null }));
}

/** Reads what met; however the run ends, its note will name it (docs/protocols.md, "Conflicts"). */
async function meetConflict(
  run: ActiveRun,
  files: readonly string[],
  main: string,
): Promise<ConflictMaterial> {
  const { project, claim } = run;
  const material = await readConflict(project, { branch: claim.branch, main, files });
  run.met = metLines(material);
  return material;
}

async function currentTask(run: ActiveRun): Promise<{ text: string; main: string }> {
  const { view, backlog } = await readSnapshot(run.project, true);
  const file = backlog.byKey.get(run.claim.task.key)?.file ?? run.claim.task.file;
  const bytes = await readFileAt(run.project.system, run.project.repository, view.main, file);
  const text = bytes?.toString('utf8') ?? run.claim.text;
  // The agent sees what a person has edited by now: that is no news for the next attempt.
  run.lock.record = { ...run.lock.record, of: contentHash(text) };
  return { text, main: view.main };
}

function partsOf(run: ActiveRun, main: string, text: string): Promise<PromptParts> {
  const { project, claim, role, workplace, requirement } = run;
  const { task, branch, record, snapshot } = claim;
  const { folder, resultFile } = workplace!;
  return readPromptParts(project, {
    ...{ role, task, text, main, branch, folder, resultFile, result: requirement },
    notes: record.notes,
    config: snapshot.config,
  });
}

import { metLines } from '../../plan/met-conflict.ts';
import type { ConflictMaterial } from '../../role/conflict-material.ts';
import { renderPrompt } from '../../role/prompt.ts';
import { renderConflictPrompt } from '../../role/prompt-conflict.ts';
import type { PromptParts } from '../../role/prompt-parts.ts';
import { renderChangedTaskPrompt, renderFixPrompt } from '../../role/prompt-turns.ts';
import { returnedTurn } from '../../role/returned-turn.ts';
import { readFileAt, readFilesAt } from '../../store/backlog/read-text.ts';
import { contentHash } from '../../task/content-hash.ts';
import { taskWords } from '../../task/task-words.ts';
import type { LandingEnd } from '../land/landing-work.ts';
import { readSnapshot } from '../project/snapshot.ts';
import { openMerge } from '../worktree/open-merge.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { endingOfLanding } from './ending-of-landing.ts';
import { readConflict } from './read-conflict.ts';

/** What the agent's next turn is told, and what the task said then. */
export interface NextTurn {
  readonly prompt: string;
  /** `taskWords` of the task file that the prompt shows. */
  readonly words: string;
}

/** The prompt of a run's first turn; a resumed branch with a conflict starts with that. */
export async function firstPrompt(run: ActiveRun): Promise<NextTurn> {
  const parts = await partsOf(run, run.claim.main, run.claim.text);
  const words = taskWords(run.claim.text);
  const before = returnedWords(run);
  const merge = run.worktree?.merge ?? null;
  if (merge === null || merge.conflicts.length === 0) return { prompt: renderPrompt(parts, before), words };
  const material = await meetConflict(run, merge.conflicts, merge.commit);
  return { prompt: renderConflictPrompt(parts, { material, inFiles: true, before }), words };
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
  if (!last)
    run.tell({ type: 'notice', level: 'info', message: `turn ${turn + 1}: ${endingOfLanding(end).reason}` });
  if (end.kind === 'conflict') {
    // Read in the last turn, too: the run's note names what met.
    const material = await meetConflict(run, end.files, end.main);
    return last ? endingOfLanding(end) : conflictTurn(run, material);
  }
  if (last) return endingOfLanding(end);
  const { text, main } = await currentTask(run);
  const parts = await partsOf(run, main, text);
  const words = taskWords(text);
  if (end.kind === 'changed') return { prompt: renderChangedTaskPrompt(parts, run.claim.text), words };
  return {
    prompt: renderFixPrompt(parts, { name: end.reason, output: end.failure, turn, turns: run.role.fixes }),
    words,
  };
}

/** Main is merged into the worktree with the conflict markers left in, so that the agent has both sides in its files. */
async function conflictTurn(run: ActiveRun, material: ConflictMaterial): Promise<NextTurn> {
  const { text } = await currentTask(run);
  const opened = await openMerge(run.project, run.worktree!, material.main);
  const parts = await partsOf(run, material.main, text);
  const inFiles = (opened?.conflicts ?? []).length > 0;
  return { prompt: renderConflictPrompt(parts, { material, inFiles, before: null }), words: taskWords(text) };
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

/** Everything in a prompt is read from main, never from a worktree. */
async function partsOf(run: ActiveRun, main: string, text: string): Promise<PromptParts> {
  const { project, claim, role, workplace, requirement } = run;
  const { config } = claim.snapshot;
  const context = await readFilesAt(project.system, project.repository, main, config.context);
  const { id, title, type, file } = claim.task;
  return {
    context: config.context.flatMap((name) => {
      const bytes = context.get(name);
      return bytes === undefined || bytes === null ? [] : [{ file: name, text: bytes.toString('utf8') }];
    }),
    role,
    task: { id, title, type, file, text },
    notes: claim.record.notes.map(({ at, outcome, text: note }) => `${at} ${outcome}\n${note}`),
    failure: null,
    conflict: null,
    protocol: {
      worktree: workplace!.folder,
      branch: claim.branch,
      main: project.branch,
      resultFile: workplace!.resultFile,
      result: requirement,
      gate: config.gate === 'none' ? 'none' : config.gate.map((command) => command.run),
    },
  };
}

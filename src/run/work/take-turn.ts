import type { AgentEnd } from '../../agent/agent.ts';
import { type AgentResult, readResult } from '../../agent/result.ts';
import { decideOutcome } from '../../plan/adopt-result.ts';
import { leftoverCommitMessage } from '../../plan/commit-message.ts';
import { globMatcher } from '../../plan/glob.ts';
import {
  mendTampering,
  readTampering,
  type TamperWatch,
  type Watched,
  watchTampering,
} from '../project/tamper.ts';
import { commitLeftovers } from '../worktree/commit-leftovers.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { environmentOf } from './run-environment.ts';
import type { NextTurn } from './turn-prompts.ts';

/** A turn whose work goes to the gate. */
export interface FinishedTurn {
  /** Tip of the branch with everything committed. */
  readonly tip: string;
  readonly result: AgentResult | null;
  readonly summary: string | null;
}

/** Starts the agent, waits for its end, commits what it left and decides what the turn amounts to. */
export async function takeTurn(run: ActiveRun, turn: number, next: NextTurn): Promise<FinishedTurn | Ending> {
  const { files } = run.project.system;
  const { folder } = run;
  const { resultFile } = folder;
  if ((await files.facts(resultFile)) !== null)
    await files.rename(resultFile, folder.file(`result-${turn - 1}.md`));
  await files.write(folder.file('prompt.md'), next.prompt);
  await folder.writePrompt(turn, next.prompt);
  await run.workplace!.enter();

  run.step('agent', 'started', turn === 1 ? run.agent.name : `${run.agent.name}, turn ${turn}`);
  const watch = await watchTampering(run.project, watchedBy(run));
  const ran = await runWatched(run, watch, () => runAgent(run, turn, next.prompt));
  if ('outcome' in ran) return ran;
  const { end, mended } = ran;
  run.tell({ type: 'turn', turn, ended: endInWords(end), seconds: end.seconds });
  if (end.survivors.length > 0) {
    const message = `the agent left processes that cannot be ended: ${end.survivors.join(', ')}`;
    run.tell({ type: 'notice', level: 'warning', message });
  }
  const collected = await run.workplace!.collect();
  run.step('agent', end.kind === 'exited' && end.code === 0 ? 'done' : 'failed', endInWords(end));
  return judgeTurn(run, end, { watch, mended: [...mended, ...collected], resultFile });
}

/**
 * Runs the agent and puts rota's own folders back first of all, for what follows writes into them: also when it could not be
 * followed to its end, because what it did to them may be the reason.
 */
async function runWatched(
  { project, watch: stopwatch }: ActiveRun,
  watch: TamperWatch,
  runTurn: () => Promise<AgentEnd>,
): Promise<{ readonly end: AgentEnd; readonly mended: readonly string[] } | Ending> {
  let end: AgentEnd;
  try {
    end = await stopwatch.time('agent', runTurn);
  } catch (error) {
    const mended = await mendTampering(project, watch);
    if (mended.length === 0) throw error;
    return { outcome: 'refused', reason: inOneSentence(mended) };
  }
  return { end, mended: await mendTampering(project, watch) };
}

function runAgent(run: ActiveRun, turn: number, prompt: string): Promise<AgentEnd> {
  const { agent, folder, role, id, stop } = run;
  const workplace = run.workplace!;
  return agent.turn({
    run: id,
    session: null,
    prompt,
    promptFile: workplace.promptFile,
    resultFile: workplace.resultFile,
    worktree: workplace.folder,
    env: environmentOf(run),
    wrap: (start) => workplace.wrap(start),
    mayEdit: globMatcher(role.mayEdit),
    onActivity: (activity) => run.tell({ type: 'activity', activity }),
    timeLimit: role.timeLimit,
    stallLimit: role.stallLimit,
    outputFile: folder.file(`agent-${turn}.log`),
    stop,
    onStarted: (pid) => folder.note({ pgid: pid }),
  });
}

/** Whose agent the watch is about. */
function watchedBy({ id, claim, lock, worktree }: ActiveRun): Watched {
  return { run: id, key: claim.task.key, lock, worktree: worktree! };
}

interface Turn {
  readonly watch: TamperWatch;
  /** What was put back already, in sentences. */
  readonly mended: readonly string[];
  readonly resultFile: string;
}

async function judgeTurn(
  run: ActiveRun,
  end: AgentEnd,
  { watch, mended, resultFile }: Turn,
): Promise<FinishedTurn | Ending> {
  const { project, claim, role } = run;
  const worktree = run.worktree!;
  const read = await readResultFile(run, resultFile);
  const message = leftoverCommitMessage(claim.task, role.name, read.result);
  const { tip, problem, foreign = false } = await commitLeftovers(project, worktree, message);
  const lost = run.lost();
  if (lost !== null) return lost;
  const { refused, noticed } = await readTampering(project, watch, watchedBy(run), tip);
  for (const message of noticed) run.tell({ type: 'notice', level: 'warning', message });
  const tampered = [...mended, ...refused];
  if (foreign && problem !== null) tampered.push(problem);
  if (tampered.length > 0) return { outcome: 'refused', reason: inOneSentence(tampered) };

  const { outcome, reason, question } = decideOutcome({
    end: planEnd(end, run),
    result: read.decided,
    changed: tip !== worktree.base || (read.result?.tasks.length ?? 0) > 0,
    requirement: run.requirement,
    standing: claim.task.repeat !== null,
  });
  run.step('result', outcome === 'done' ? 'done' : 'failed', reason);
  // Without a folder "changed nothing" would be no answer of the agent's; the next attempt gets a new one.
  const noAnswer = outcome === 'done' || (outcome === 'blocked' && question === null);
  if (noAnswer && problem !== null) return { outcome: 'partial', reason: problem };
  if (outcome !== 'done')
    return { outcome, reason, question, details: outcome === 'blocked' ? null : end.tail };
  return { tip, result: read.result, summary: read.result?.summary ?? null };
}

/** Who breaks fifty things has said enough. */
function inOneSentence(tampered: readonly string[]): string {
  const shown = tampered
    .slice(0, 50)
    .map((line, at) => (at === 0 ? line : line.replace(/^while the agent worked, /, '')));
  return [...shown, ...(tampered.length > 50 ? [`and ${tampered.length - 50} more`] : [])].join('; ');
}

interface ReadResult {
  readonly result: AgentResult | null;
  readonly decided: Parameters<typeof decideOutcome>[0]['result'];
}

async function readResultFile(run: ActiveRun, path: string): Promise<ReadResult> {
  const facts = await run.project.system.files.facts(path);
  if (facts === null) return { result: null, decided: { kind: 'missing' } };
  // A link could name any file of the person's: its text would end in notes and commits.
  if (facts.kind !== 'file')
    return { result: null, decided: { kind: 'malformed', reason: 'the result is not a plain file' } };
  if (facts.size > 1024 * 1024)
    return { result: null, decided: { kind: 'malformed', reason: 'the result is over 1 MiB' } };
  const read = readResult((await run.project.system.files.read(path)).toString('utf8'));
  if ('problem' in read) return { result: null, decided: { kind: 'malformed', reason: read.problem } };
  return { result: read.result, decided: { kind: 'result', ...read.result } };
}

function planEnd(end: AgentEnd, run: ActiveRun): Parameters<typeof decideOutcome>[0]['end'] {
  switch (end.kind) {
    case 'exited':
      return end.code === null
        ? { kind: 'signal', signal: end.signal ?? 'a signal' }
        : { kind: 'exit', code: end.code };
    case 'missing':
      return { kind: 'not-started', reason: end.reason };
    case 'timed-out':
    case 'stalled':
      return { kind: end.kind };
    case 'interrupted':
      return { kind: 'interrupted', signal: String(run.stop.reason) };
    default:
      return end satisfies never;
  }
}

function endInWords(end: AgentEnd): string {
  if (end.kind !== 'exited') return end.kind === 'missing' ? `missing: ${end.reason}` : end.kind;
  return end.code === null ? `killed by ${end.signal}` : `exit ${end.code}`;
}

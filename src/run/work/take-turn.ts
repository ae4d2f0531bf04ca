import type { AgentEnd } from '../../agent/agent.ts';
import { type AgentResult, readResult } from '../../agent/result.ts';
import { decideOutcome } from '../../plan/adopt-result.ts';
import { leftoverCommitMessage } from '../../plan/commit-message.ts';
import { tokensOf } from '../../plan/usage.ts';
import {
  lookAgain,
  mendTampering,
  readTampering,
  type TamperWatch,
  type Watched,
  watchTampering,
} from '../project/tamper.ts';
import { commitLeftovers } from '../worktree/commit-leftovers.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { endingOfBudget } from './ending-of-budget.ts';
import { runAgent } from './run-agent.ts';
import type { NextTurn } from './turn-prompts.ts';

/** A turn whose work goes to the gate. */
export interface FinishedTurn {
  /** Tip of the branch with everything committed. */
  readonly tip: string;
  readonly result: AgentResult | null;
  readonly summary: string | null;
}

/** A turn whose client could not go on in its session, though the agent could: a new one may. */
export interface CutShort {
  readonly again: 'session-lost' | 'context-full';
  /** If there is no new one. */
  readonly ending: Ending;
}

/**
 * Starts the agent, waits for its end, commits what it left and decides what the turn amounts to. It goes on in the session of
 * the turn before if there is one and something to go on with.
 *
 * @param turn of the run, from 1: names its files
 */
export async function takeTurn(
  run: ActiveRun,
  turn: number,
  next: NextTurn,
): Promise<FinishedTurn | Ending | CutShort> {
  const { files } = run.project.system;
  const { folder } = run;
  const { resultFile } = folder;
  if ((await files.facts(resultFile)) !== null)
    await files.rename(resultFile, folder.file(`result-${turn - 1}.md`));
  const session = next.followUp === null ? null : run.session;
  const prompt = session === null ? next.prompt : (next.followUp ?? next.prompt);
  await files.write(folder.file('prompt.md'), prompt);
  await folder.writePrompt(turn, prompt);
  await run.workplace!.enter();

  run.step('agent', 'started', startInWords(run, turn, session));
  const watch = await watchTampering(run.project, watchedBy(run), run.looked);
  run.looked = null;
  const ran = await runWatched(run, watch, () => runAgent(run, { turn, prompt, session })).catch(
    async (error: unknown) => {
      await run.meter.ended(turn, null);
      throw error;
    },
  );
  await run.meter.ended(turn, 'outcome' in ran ? null : ran.end.usage);
  if ('outcome' in ran) return ran;
  const { end, mended } = ran;
  const looking = lookAgain(run.project, watch, watchedBy(run));
  run.session = end.session;
  run.tell({ type: 'turn', turn, ended: endInWords(end), seconds: end.seconds });
  if (end.survivors.length > 0) {
    const message = `the agent left processes that cannot be ended: ${end.survivors.join(', ')}`;
    run.tell({ type: 'notice', level: 'warning', message });
  }
  const collected = await run.workplace!.collect();
  run.step('agent', end.kind === 'exited' && end.code === 0 ? 'done' : 'failed', endInWords(end));
  return judgeTurn(run, end, {
    ...{ watch, mended: [...mended, ...collected], looking, resultFile },
    continued: session !== null,
  });
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

/** As they were before, where there was no session to go on in. */
function startInWords({ agent, session: known }: ActiveRun, turn: number, session: string | null): string {
  if (turn === 1) return agent.name;
  const which = session !== null ? ', same session' : known !== null ? ', new session' : '';
  return `${agent.name}, turn ${turn}${which}`;
}

/** Whose agent the watch is about. */
function watchedBy({ id, claim, lock, worktree, workplace }: ActiveRun): Watched {
  return {
    ...{ run: id, key: claim.task.key, lock, worktree: worktree! },
    confined: workplace!.confined,
  };
}

interface Turn {
  readonly watch: TamperWatch;
  /** What was put back already, in sentences. */
  readonly mended: readonly string[];
  readonly looking: ReturnType<typeof lookAgain>;
  readonly resultFile: string;
  /** It was to go on in a session. */
  readonly continued: boolean;
}

async function judgeTurn(
  run: ActiveRun,
  end: AgentEnd,
  { watch, mended, looking, resultFile, continued }: Turn,
): Promise<FinishedTurn | Ending | CutShort> {
  const { project, claim, role } = run;
  const worktree = run.worktree!;
  const read = await readResultFile(run, resultFile);
  const message = leftoverCommitMessage(claim.task, role.name, read.result);
  const { tip, problem, foreign = false } = await commitLeftovers(project, worktree, message);
  const lost = run.lost();
  if (lost !== null) return lost;
  const { refused, noticed, meanwhile } = await readTampering(project, watch, watchedBy(run), tip, looking);
  for (const message of noticed) run.tell({ type: 'notice', level: 'warning', message });
  for (const message of meanwhile) run.tell({ type: 'notice', level: 'info', message });
  const tampered = [...mended, ...refused];
  if (foreign && problem !== null) tampered.push(problem);
  if (tampered.length > 0) return { outcome: 'refused', reason: inOneSentence(tampered) };

  // Nobody else has asked it to stop.
  const over = end.kind === 'interrupted' && !run.stop.aborted ? run.meter.spent() : null;
  // It had said that it is done: what it did is judged, and costs nothing more.
  const finished = read.decided.kind === 'result' && read.decided.outcome === 'done';
  if (over !== null && !finished) {
    run.step('result', 'failed', over.words);
    return endingOfBudget(over);
  }
  const { failure } = end;
  const { outcome, reason, question, again } = decideOutcome({
    ...{ agent: run.agent.name, end: over === null ? planEnd(end, run) : EXIT_0, failure },
    result: read.decided,
    changed: tip !== worktree.base || (read.result?.tasks.length ?? 0) > 0,
    requirement: run.requirement,
    standing: claim.task.repeat !== null,
  });
  run.step('result', outcome === 'done' ? 'done' : 'failed', reason);
  if (continued && isSessionLost(end, read))
    return { again: 'session-lost', ending: { outcome: 'failed', reason, failure, details: end.tail } };
  // Without a folder "changed nothing" would be no answer of the agent's; the next attempt gets a new one.
  const noAnswer = outcome === 'done' || (outcome === 'blocked' && question === null);
  if (noAnswer && problem !== null) return { outcome: 'partial', reason: problem };
  if (outcome !== 'done') {
    const ending: Ending = { outcome, reason, question, details: outcome === 'blocked' ? null : end.tail };
    if (again) return { again: 'context-full', ending };
    return outcome === 'failed' ? { ...ending, failure } : ending;
  }
  return { tip, result: read.result, summary: read.result?.summary ?? null };
}

const EXIT_0 = { kind: 'exit', code: 0 } as const;

/** The client said so, or could not even begin: nothing was asked of its model, and nothing was answered. */
function isSessionLost({ kind, failure, usage, ...end }: AgentEnd, { decided }: ReadResult): boolean {
  if (failure?.kind === 'session-lost') return true;
  const failed = kind === 'exited' && 'code' in end && end.code !== 0;
  const unknown = failure === null || failure.kind === 'crashed';
  return failed && unknown && decided.kind === 'missing' && (usage === null || tokensOf(usage) === 0);
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
  const bytes = await run.project.system.files.read(path);
  const masked = run.mask.bytes(bytes);
  // It stays with the run. A new file: the agent's may be a link to something else.
  if (!masked.equals(bytes)) await run.project.system.files.writeWhole(path, masked);
  const read = run.mask.deep(readResult(masked.toString('utf8')));
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

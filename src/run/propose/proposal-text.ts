import { join } from 'node:path';
import { readTrailers } from '../../plan/landing-trailers.ts';
import { type ProposalFacts, proposalBody } from '../../plan/proposal-body.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { readCriteria } from '../../task/body.ts';
import type { Task } from '../../task/task.ts';
import type { Gated, LandingWork } from '../land/landing-work.ts';
import type { Project } from '../project/project.ts';
import { runsFolder } from '../project/run-folder.ts';
import { commitMessage } from './commit-message-of.ts';

/** What a request is called and says. */
export interface ProposalText {
  readonly title: string;
  readonly body: string;
}

const NAME = 'proposal.md';

/** The text of work that was just gated; kept with the run, for whoever has to open the request later. */
export async function writeProposalText(
  project: Project,
  work: LandingWork,
  { task, head, gated }: { readonly task: Task; readonly head: string; readonly gated: Gated },
): Promise<ProposalText> {
  const facts = await factsOf(project, task, head);
  const body = proposalBody({
    ...facts,
    summary: work.summary,
    reported: work.criteria ?? [],
    checks: gated.checks,
    // The trailers are cut.
    evidence: gated.evidence,
    added: work.proposals.added.map(({ path }) => path),
  });
  await project.system.files.writeWhole(join(work.folder, NAME), body);
  return { title: facts.title, body };
}

/** The text of what was proposed before: as its run wrote it, or on another machine what the commit says. */
export async function readProposalText(project: Project, task: Task, head: string): Promise<ProposalText> {
  const { title, ...facts } = await factsOf(project, task, head);
  const run = /^[0-9A-Za-z-]{1,64}$/.exec(facts.run ?? '')?.[0];
  const file = run === undefined ? null : join(runsFolder(project.repository), run, NAME);
  const kept = file === null ? null : await project.system.files.readIfThere(file);
  return { title, body: kept?.toString('utf8') ?? proposalBody(facts) };
}

async function factsOf(
  project: Project,
  task: Task,
  head: string,
): Promise<ProposalFacts & { readonly title: string; readonly run: string | null }> {
  const message = await commitMessage(project, head);
  const paragraphs = message.trim().split('\n\n');
  const trailers = readTrailers(message);
  const text = (await readFileAt(project.system, project.repository, head, task.file))?.toString('utf8');
  const { id, title, type, file } = task;
  return {
    title: paragraphs[0]?.split('\n')[0] ?? id,
    run: trailers.get('Run')?.[0] ?? null,
    task: { id, title, type, file },
    summary: paragraphs.slice(1, -1).join('\n\n') || null,
    criteria: text === undefined ? [] : readCriteria(text),
    reported: [],
    checks: [],
    evidence: trailers.get('Gate') ?? [],
    added: [],
    trailers: paragraphs.length < 2 ? [] : (paragraphs.at(-1)?.split('\n') ?? []),
  };
}

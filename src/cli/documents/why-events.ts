import type { MainCommit } from '../../run/why/read-main-history.ts';
import type { RememberedRun } from '../../run/why/read-runs.ts';
import type { Why } from '../../run/why/read-why.ts';
import { eventWords } from '../report/event-words.ts';

/** Where an event was remembered. */
export type WhySource = 'main' | 'log' | 'record' | 'run' | 'sweep' | 'rescue';

/** One event of `rota why`. */
export interface WhyEvent {
  readonly time: string;
  readonly source: WhySource;
  readonly run: string | null;
  readonly event: string;
  readonly detail: string;
}

/** A detail is a sentence; what is longer is somebody's flood. */
const LONGEST = 2000;

/** Everything that happened, oldest first; at one moment in the order of a run. */
export function whyEvents(why: Why): WhyEvent[] {
  const events: WhyEvent[] = [
    ...why.recordSteps.map(({ at, run, event, detail }) => one(at, 'record', run, event, detail)),
    ...(why.held?.record?.notes ?? []).map((note) => one(note.at, 'record', note.run, 'note', note.text)),
    ...why.log.map(({ at, role, event, detail }) =>
      one(at.toISOString(), 'log', null, event, `${role}${detail === '' ? '' : `: ${detail}`}`),
    ),
    ...why.runs.flatMap(runEvents),
    ...why.swept.map(({ at, by, run, action, reason }) =>
      one(at, 'sweep', run, action, `${reason} (sweep of ${by})`),
    ),
    ...why.rescues.flatMap((rescue) =>
      rescue.time === null
        ? []
        : [one(rescue.time, 'rescue', rescue.run, 'kept', `${rescue.files.length} files as ${rescue.ref}`)],
    ),
    ...why.landings.map(mainEvent),
  ];
  return events
    .map((event, at) => ({ event, at, time: Date.parse(event.time) }))
    .filter(({ time }) => !Number.isNaN(time))
    .sort((a, b) => a.time - b.time || a.at - b.at)
    .map(({ event }) => event);
}

function one(time: string, source: WhySource, run: string | null, event: string, detail: string): WhyEvent {
  const cut = detail.length > LONGEST ? `${detail.slice(0, LONGEST)}…` : detail;
  return { time, source, run, event, detail: cut };
}

function runEvents({ run, facts, state, events }: RememberedRun): WhyEvent[] {
  const told = events.map(({ at, event }) => {
    const { what, detail } = eventWords(event);
    return one(at.toISOString(), 'run', run, what, detail);
  });
  if (facts === null) return told;
  const started = one(facts.since, 'run', run, 'run', `${facts.role} (${facts.by}) on ${facts.branch}`);
  const said = events.some(({ event }) => event.type === 'outcome');
  const end =
    facts.ended !== null && !said
      ? [one(facts.ended, 'run', run, facts.outcome ?? 'ended', endOf(facts.outcome))]
      : state === 'died'
        ? [
            one(
              told.at(-1)?.time ?? facts.since,
              'run',
              run,
              'died',
              'its process is gone; this is the last it said',
            ),
          ]
        : [];
  return [started, ...told, ...end];
}

/** A run that never said how it ended: only a sweep calls it interrupted then. */
function endOf(outcome: string | null): string {
  return outcome === 'interrupted' ? 'it died; a sweep ended what was left of it' : '';
}

function mainEvent({ at, commit, subject, author, landing }: MainCommit): WhyEvent {
  const short = commit.slice(0, 10);
  if (landing === null) return one(at, 'main', null, 'changed', `${short} ${subject} (${author})`);
  const { gate, gated, agent } = landing;
  const words = [
    `${short} ${subject}`,
    ...gate.map((line) => `gate: ${line}`),
    ...(gated === null ? [] : [`gated tree ${gated.slice(0, 10)}`]),
    ...(agent === null ? [] : [`agent ${agent}`]),
  ];
  return one(at, 'main', landing.run, 'landed', words.join('; '));
}

import { formatTokens, formatUsd } from '../../plan/usage.ts';
import type { WatchedRun } from '../../run/watch/watch-runs.ts';
import type { RememberedEvent } from '../../run/why/parse-event.ts';
import { plainText } from '../../task/text.ts';
import type { Colors } from '../output.ts';
import { activityInWords } from '../report/activity-words.ts';
import { eventWords } from '../report/event-words.ts';
import { formatDuration } from './ago.ts';
import { formatBytes } from './bytes.ts';
import { cutToWidth } from './display-width.ts';

interface LineStyle {
  readonly colors: Colors;
  /** Columns; null: nothing is cut. */
  readonly width: number | null;
}

/** One event of a run that is watched; null: it is only worth showing while it lasts. */
export function watchLine(
  { facts }: WatchedRun,
  { at, event }: RememberedEvent,
  { colors, width }: LineStyle,
): string | null {
  if (event.type === 'activity' && event.activity.kind === 'usage') return null;
  const words = eventWords(event);
  const what = event.type === 'activity' ? event.activity.kind : words.what;
  const time = at.toTimeString().slice(0, 8);
  const head = `${time} ${plainText(facts.role)} ${plainText(facts.task)} ${what}`;
  const room = width === null ? null : Math.max(20, width - head.length - 1);
  const detail = event.type === 'activity' ? activityInWords(event.activity) : words.detail;
  const rest = room === null ? detail : cutToWidth(detail, room);
  return `${colors.dim(time)}${paint(words.tone, colors)(head.slice(time.length))} ${colors.dim(rest)}`.trimEnd();
}

function paint(tone: ReturnType<typeof eventWords>['tone'], colors: Colors): (text: string) => string {
  if (tone === 'good') return colors.green;
  return tone === 'bad' ? colors.red : (text) => text;
}

/** How the watched runs stand now: two or three lines each, none wider than `width`. */
export function watchStatus(runs: readonly WatchedRun[], now: Date, width: number): string[] {
  return runs.flatMap((run) =>
    [headline(run, now), doing(run), spent(run)]
      .filter((line) => line !== null)
      .map((line, at) => cutToWidth(at === 0 ? line : `  ${line}`, width)),
  );
}

function headline({ facts, view, output, worked }: WatchedRun, now: Date): string {
  const step =
    view.step === null ? 'starting' : view.step === 'agent' ? `agent, turn ${view.turn}` : view.step;
  const since = view.since ?? new Date(facts.since);
  const past = now.getTime() - since.getTime();
  const parts = [`${plainText(facts.role)} ${plainText(facts.task)}: ${step}, ${formatDuration(past)}`];
  if (view.step === 'agent' && facts.limits !== undefined) {
    parts.push(`${formatDuration(facts.limits.time - past)} left`);
    const logged = output?.log.startsWith('agent-') === true ? output.changed : 0;
    const quiet = now.getTime() - Math.max(since.getTime(), view.heard?.getTime() ?? 0, logged, worked);
    parts.push(`stalls in ${formatDuration(facts.limits.stall - quiet)}`);
  }
  return parts.join(' · ');
}

function doing({ view, output }: WatchedRun): string | null {
  if (view.step === 'agent' && view.activity !== null) return activityInWords(view.activity);
  const program = { agent: 'agent-', gate: 'gate-', setup: 'setup-' }[String(view.step)];
  if (output === null || program === undefined || !output.log.startsWith(program)) return null;
  const size = formatBytes(output.size);
  return output.line === '' ? `${size} of output` : `${output.line} (${size} of output)`;
}

function spent({ view: { usage } }: WatchedRun): string | null {
  if (usage === null) return null;
  const cached = usage.cached === 0 ? '' : ` (${formatTokens(usage.cached)} cached)`;
  const cost = usage.usd === null ? '' : `, ${formatUsd(usage.usd)}`;
  return `${formatTokens(usage.input)} tokens in${cached}, ${formatTokens(usage.output)} out${cost}`;
}

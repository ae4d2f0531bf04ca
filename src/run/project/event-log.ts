import type { AgentActivity, RotaEvent, SentEvent } from '../../events.ts';
import type { System } from '../../system/ports.ts';

const MiB = 1024 * 1024;
/** Up to so many bytes everything is written. */
const EVERYTHING = 4 * MiB;
/** Then of what the agent does only a sample, up to so many; the rest of the file is for everything else. */
const SAMPLES = 6 * MiB;
/** Then only how the run ends. What is longer is not read (run/why/read-runs.ts). */
const MOST = 7.5 * MiB;
/** Milliseconds between samples. */
const EVERY = 5_000;
/** Bytes that wait for the disk; beyond that activities are left out. */
const MOST_WAITING = MiB;
/** Characters of one text of an activity. */
const LONGEST_TEXT = 2_000;

/** The `events.jsonl` of a run: bounded on disk and in memory, whatever the agent's client emits. */
export interface EventLog {
  /** Never makes the sender wait, and never fails. */
  add(sent: SentEvent): void;
}

/** @param inTurn runs what writes into the run's folder, one after the other */
export function eventLog(
  { files, clock }: Pick<System, 'files' | 'clock'>,
  path: string,
  inTurn: (step: () => Promise<void>) => Promise<void>,
): EventLog {
  let size = 0;
  /** Lines that are written together: what the agent does is much, and comes fast. Null: the next line begins a new batch. */
  let open: string[] | null = null;
  let waiting = 0;
  let sampled = Number.NEGATIVE_INFINITY;
  let told = false;

  const write = async (batch: readonly string[]) => {
    if (open === batch) open = null;
    const data = batch.join('');
    waiting -= data.length;
    // An event that cannot be written (a full disk) must not end the run; the run itself will meet that disk.
    await files.append(path, data).catch(() => undefined);
  };
  const put = (sent: SentEvent, more: boolean) => {
    const line = lineOf(sent);
    size += Buffer.byteLength(line);
    waiting += line.length;
    const batch = open ?? [];
    batch.push(line);
    if (open === null) void inTurn(() => write(batch));
    open = more ? batch : null;
  };
  const addActivity = (sent: SentEvent, activity: AgentActivity) => {
    if (size >= SAMPLES || waiting >= MOST_WAITING || isTooSoon()) return;
    put({ ...sent, event: { type: 'activity', activity: bounded(activity) } }, true);
  };
  function isTooSoon(): boolean {
    if (size < EVERYTHING) return false;
    const now = clock.monotonic();
    if (now - sampled < EVERY) return true;
    sampled = now;
    return false;
  }

  return {
    add: (sent) => {
      const { event } = sent;
      if (!told && size >= EVERYTHING) {
        told = true;
        put({ ...sent, event: THINNED }, false);
      }
      if (event.type === 'activity') addActivity(sent, event.activity);
      else if (size < MOST || event.type === 'outcome') put(sent, false);
    },
  };
}

const THINNED: RotaEvent = {
  type: 'notice',
  level: 'info',
  message: `the agent says a lot: from here on what it does is written down once in ${EVERY / 1000} s at most`,
};

function bounded(activity: AgentActivity): AgentActivity {
  const cut = Object.entries(activity).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : value,
  ]);
  return Object.fromEntries(cut) as AgentActivity;
}

function lineOf({ at, role, task, run, event }: SentEvent): string {
  return `${JSON.stringify({ at: at.toISOString(), role, task, run, ...event })}\n`;
}

import type { AgentActivity, Usage } from '../../events.ts';
import { boundActivity } from './bound-activity.ts';
import { boundVerdict } from './bound-verdict.ts';
import { MOST_READ } from './json-fields.ts';
import type { OutputLine, PresetExit, PresetReader, PresetVerdict } from './preset.ts';
import { type LineReader, readLines } from './read-lines.ts';

/** The output of one turn as it comes. */
interface FollowedTurn {
  add(chunk: Buffer, stream: 'stdout' | 'stderr'): void;
  /** Nothing more comes. */
  end(exit: Omit<PresetExit, 'words'>): PresetVerdict;
}

const WORDS = 8 * 1024;
/** Of one turn, and as often what it used. A client in a tight loop must not fill the events of the run; the log has it all. */
const MOST_ACTIVITIES = 5_000;

/** Reads a client's output: what it does is told at once, what it amounts to at the end. */
export function followOutput(
  reader: PresetReader,
  worktree: string,
  tell: (activity: AgentActivity) => void,
): FollowedTurn {
  const words = lastWords();
  let shown = 0;
  let counts = 0;
  let used: Usage | null = null;

  function pass(activity: AgentActivity): void {
    if (activity.kind === 'usage') passUsage(activity.usage);
    else if (shown <= MOST_ACTIVITIES) {
      shown++;
      if (shown > MOST_ACTIVITIES) tell({ kind: 'text', text: 'it does more than is shown: see its log' });
      else tell(boundActivity(activity, worktree));
    }
  }

  /** Where there is too much, only what is a twentieth more: what it used so far is never left out for long. */
  function passUsage(usage: Usage): void {
    if (used !== null) {
      const { input, output, usd } = used;
      if (usage.input === input && usage.output === output && usage.usd === usd) return;
      if (counts >= MOST_ACTIVITIES && usage.input + usage.output <= (input + output) * 1.05) return;
    }
    used = usage;
    counts++;
    tell({ kind: 'usage', usage });
  }

  function see(line: OutputLine): void {
    if (line.json === null) words.add(line.text);
    for (const activity of reader.feed(line)) pass(activity);
  }

  const streams = { stdout: lines('stdout'), stderr: lines('stderr') };

  function lines(stream: 'stdout' | 'stderr'): LineReader {
    const skips = (text: string) => stream === 'stdout' && (reader.skips?.(text) ?? false);
    return readLines({
      line: (text) => {
        if (skips(text)) return;
        const json = stream === 'stdout' ? jsonObject(text) : null;
        see({ stream, text: text.slice(0, MOST_READ), json });
      },
      dropped: (bytes, start) => {
        if (!skips(start)) pass({ kind: 'text', text: `a line of ${bytes} bytes was too long to be read` });
      },
    });
  }

  return {
    add: (chunk, stream) => streams[stream].add(chunk),
    end: (exit) => {
      streams.stdout.end();
      streams.stderr.end();
      return boundVerdict(reader.verdict({ ...exit, words: words.text() }));
    },
  };
}

/** Null: no object, or no JSON at all. Clients mix other words in. */
function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function lastWords() {
  const list: string[] = [];
  let size = 0;
  return {
    add(line: string): void {
      const kept = line.slice(0, WORDS / 4);
      list.push(kept);
      size += kept.length + 1;
      while (size > WORDS) size -= list.shift()!.length + 1;
    },
    text: () => list.join('\n'),
  };
}

import type { AgentActivity } from '../../events.ts';
import { lastWords } from '../last-words.ts';
import { tellActivities } from '../tell-activities.ts';
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

/** Of its own words, in characters. */
const WORDS = 8 * 1024;

/** Reads a client's output: what it does is told at once, what it amounts to at the end. */
export function followOutput(
  reader: PresetReader,
  worktree: string,
  tell: (activity: AgentActivity) => void,
): FollowedTurn {
  const words = lastWords(WORDS);
  const pass = tellActivities(worktree, tell);

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

import type { SentEvent } from '../../events.ts';
import { plainText } from '../../task/text.ts';
import type { Colors } from '../output.ts';
import { formatDuration } from '../text/ago.ts';
import { cutToWidth, displayWidth } from '../text/display-width.ts';
import { type EventWords, eventWords } from './event-words.ts';
import type { Reporter } from './reporter.ts';

export interface LiveParts {
  readonly write: (text: string) => void;
  readonly colors: Colors;
  readonly width: () => number;
  /** Milliseconds on a monotonic clock. */
  readonly monotonic: () => number;
  /** Calls back every so many milliseconds until the result is called; must not keep the process alive. */
  readonly every: (ms: number, action: () => void) => () => void;
}

interface Running {
  readonly text: string;
  readonly since: number;
  /** The newest thing that its agent did; empty: nothing is known. */
  readonly doing: string;
}

const REDRAW_MS = 120;
/** Columns between two workers, or around what one does. */
const GAP = 3;
/** Columns; less says nothing. */
const LEAST_DOING = 8;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR_LINE = '\r\u001b[2K';

/**
 * A list of finished steps, and under it one line with what every worker is doing right now. Several workers share it, so
 * each line names its own.
 */
export function liveReporter(parts: LiveParts): Reporter {
  const running = new Map<string, Running>();
  let frame = 0;
  let stop: (() => void) | null = null;

  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    parts.write(
      running.size === 0 ? CLEAR_LINE : CLEAR_LINE + statusLine([...running.values()], frame, parts),
    );
    if (running.size === 0) {
      stop?.();
      stop = null;
    }
  };
  return {
    emit: (sent) => {
      const words = eventWords(sent.event);
      const worker = sent.run ?? sent.role ?? '';
      if (sent.event.type === 'activity') {
        const now = running.get(worker);
        // Drawn with the next frame: an agent may say thousands of things in between.
        if (now !== undefined && sent.event.activity.kind !== 'usage')
          running.set(worker, { ...now, doing: words.detail });
        return;
      }
      if (words.tone === 'passing')
        running.set(worker, { text: runningText(sent, words), since: parts.monotonic(), doing: '' });
      else {
        if (sent.event.type === 'step' || sent.event.type === 'outcome') running.delete(worker);
        parts.write(`${CLEAR_LINE}${doneLine(sent, words, parts)}\n`);
      }
      if (running.size > 0) stop ??= parts.every(REDRAW_MS, draw);
      draw();
    },
    end: () => {
      stop?.();
      stop = null;
      running.clear();
      parts.write(CLEAR_LINE);
    },
  };
}

/** Every worker has its part of the line: what one of them says pushes no other out. */
function statusLine(all: readonly Running[], frame: number, { colors, width, monotonic }: LiveParts): string {
  const room = Math.max(20, width() - 1);
  const texts = all.map(({ text, since }) => `${text} ${formatDuration(monotonic() - since)}`);
  const taken = texts.reduce((sum, text) => sum + displayWidth(text) + GAP, 0);
  const talking = all.filter(({ doing }) => doing !== '').length;
  const share = Math.floor((room - taken) / Math.max(1, talking)) - GAP;
  const parts = texts.map((text, at) => {
    const { doing } = all[at]!;
    return doing === '' || share < LEAST_DOING ? text : `${text}: ${cutToWidth(doing, share)}`;
  });
  return colors.cyan(cutToWidth(`${FRAMES[frame]} ${parts.join(' · ')}`, room));
}

function runningText(sent: SentEvent, { what }: EventWords): string {
  return [sent.role, sent.task, what]
    .filter((word) => word !== null)
    .map(plainText)
    .join(' ');
}

function doneLine(sent: SentEvent, { tone, what, detail }: EventWords, { colors, width }: LiveParts): string {
  const who = plainText([sent.role, sent.task].filter((word) => word !== null).join(' '));
  const text = cutToWidth([who, what].filter((word) => word !== '').join(' '), 40);
  const rest = cutToWidth(detail, Math.max(20, width() - text.length - 5));
  return `${mark(tone, colors)} ${sent.event.type === 'outcome' ? colors.bold(text) : text}  ${colors.dim(rest)}`.trimEnd();
}

function mark(tone: EventWords['tone'], colors: Colors): string {
  switch (tone) {
    case 'good':
      return colors.green('✔');
    case 'bad':
      return colors.red('✖');
    case 'skipped':
      return colors.dim('↓');
    case 'note':
    case 'passing':
      return colors.dim('·');
    default:
      return tone satisfies never;
  }
}

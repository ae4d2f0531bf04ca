import type { SentEvent } from '../../events.ts';
import { plainText } from '../../task/text.ts';
import { eventWords } from './event-words.ts';
import type { Reporter } from './reporter.ts';

/** Steps that can take long: their start is worth a line in a log file too. */
const LONG_STEPS: ReadonlySet<string> = new Set(['setup', 'agent', 'gate']);

/** `HH:MM:SS role task step detail`, a line an event, for log files and pipes. */
export function plainReporter(write: (line: string) => void): Reporter {
  return {
    emit: (sent) => {
      const { tone, what, detail } = eventWords(sent.event);
      if (tone === 'passing' && !LONG_STEPS.has(what)) return;
      write([timeOf(sent), nameOf(sent.role), nameOf(sent.task), what, detail].join(' ').trimEnd());
    },
    end: () => undefined,
  };
}

function timeOf({ at }: SentEvent): string {
  return at.toTimeString().slice(0, 8);
}

function nameOf(name: string | null): string {
  return name === null ? '-' : plainText(name);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainText } from '../../src/task/text.ts';

/** What a client wrote in one turn, and how it ended. */
export interface AgentSample {
  readonly lines: readonly { readonly stream: 'stdout' | 'stderr'; readonly text: string }[];
  readonly kind: 'exited' | 'timed-out';
  readonly code: number | null;
  readonly signal: string | null;
}

export const SAMPLES = join(import.meta.dirname, '../samples/agents');

/** A recorded turn: `> ` a line of stdout, `! ` of stderr, `= ` its end (`exit 1`, `signal SIGKILL`, `timed-out`). */
export function agentSample(client: string, name: string): AgentSample {
  const text = readFileSync(join(SAMPLES, client, `${name}.txt`), 'utf8');
  const marked = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const ended = /^= (?:(timed-out)|exit (\d+)|signal (SIG[A-Z]+))$/.exec(marked.pop() ?? '');
  const wrong = marked.find((line) => !/^[>!] /.test(line));
  if (ended === null || wrong !== undefined)
    throw new Error(`no sample: ${client} ${name}${wrong === undefined ? '' : `: ${plainText(wrong)}`}`);
  return {
    lines: marked.map((line) => ({
      stream: line.startsWith('>') ? 'stdout' : 'stderr',
      text: line.slice(2),
    })),
    kind: ended[1] === undefined ? 'exited' : 'timed-out',
    code: ended[2] === undefined ? null : Number(ended[2]),
    signal: ended[3] ?? null,
  };
}

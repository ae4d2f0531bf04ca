import type { AgentFailure } from '../../plan/agent-failure.ts';
import { failureOf } from './failure-of.ts';
import { lastLineOf } from './last-line.ts';
import type { PresetExit } from './preset.ts';

/**
 * A client that ended by itself, and whose own format told no reason: its last words are looked at, and whatever they are, it
 * crashed at least. Null where it ended well (0, and its output was `complete`), or where rota ended it.
 */
export function endWithoutWords(
  { kind, code, signal, words }: PresetExit,
  client: string,
  complete = true,
): AgentFailure | null {
  if (kind !== 'exited' || (code === 0 && complete)) return null;
  const last = lastLineOf(words);
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `exited with ${code}`;
  const message = `${client} ${how} before it was done${last === '' ? '' : `: ${last}`}`;
  // A signal is nobody's answer, whatever was written before it.
  const known = code === null ? null : failureOf(null, last);
  return { kind: known?.kind ?? 'crashed', message, retryAfter: known?.retryAfter ?? null };
}

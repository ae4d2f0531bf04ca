import type { AgentFailure } from '../../plan/agent-failure.ts';
import { plainText } from '../../task/text.ts';
import type { PresetVerdict } from './preset.ts';

const MOST_WORDS = 300;
/** Longer than any server means. */
const LONGEST_WAIT = 24 * 60 * 60_000;

/** What a client said at its end, as it may be believed: a session becomes an argument, words are shown. */
export function boundVerdict({ session, usage, failure }: PresetVerdict): PresetVerdict {
  return {
    // Never something that reads as an option or a path.
    session: session !== null && /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(session) ? session : null,
    usage,
    failure: failure === null ? null : boundFailure(failure),
  };
}

function boundFailure({ kind, message, retryAfter }: AgentFailure): AgentFailure {
  const words = plainText(message.slice(0, MOST_WORDS * 10))
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return {
    kind,
    message: words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS - 1)}…` : words,
    retryAfter: retryAfter === null ? null : Math.min(Math.max(0, retryAfter), LONGEST_WAIT),
  };
}

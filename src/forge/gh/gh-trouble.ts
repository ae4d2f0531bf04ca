import type { ProcessResult } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { ForgeError } from '../forge-error.ts';
import type { GhReply } from './read-reply.ts';

/** What to do instead, wherever `gh` cannot help. */
const OR_LINK = 'or set `pull-request: {forge: link}` in rota.yaml to open requests by hand';

const OFFLINE =
  /dial tcp|no such host|could not resolve|error connecting to|connection (?:refused|reset)|network is unreachable|no route to host|i\/o timeout|TLS handshake|proxyconnect|unexpected EOF|\bEOF\b|x509|certificate|context deadline|broken pipe/i;

/** What a call of `gh` that got no reply from the forge, or one that is no use, means. */
export function callTrouble(host: string, ran: ProcessResult): ForgeError {
  const said = words(ran.stderr);
  if (ran.spawnError !== null) {
    const why =
      ran.spawnError === 'ENOENT' ? 'gh was not found' : `gh could not be started (${ran.spawnError})`;
    return new ForgeError(
      'missing',
      `${why}; pull requests on ${host} need it.`,
      `Install gh (https://cli.github.com) and run gh auth login, ${OR_LINK}.`,
    );
  }
  if (ran.timedOut) return offline(host, 'there was no answer in time');
  if (ran.code === 4 || /gh auth login|no oauth token/i.test(ran.stderr)) return loggedOut(host, '');
  if (OFFLINE.test(ran.stderr)) return offline(host, said);
  const how = ran.code === null ? `was ended by ${ran.signal ?? 'a signal'}` : `ended with exit ${ran.code}`;
  return nonsense(host, `gh ${how}${said === '' ? '' : `: ${said}`}`);
}

/** What a reply means that is neither a success nor one of the refusals that the caller knows how to read. */
export function replyTrouble(host: string, reply: GhReply, now: Date): ForgeError {
  const said = messageOf(reply.json);
  const { status } = reply;
  const limit = limitOf(reply, said, now);
  if (limit !== null) return limited(host, limit.until);
  if (status === 401) return loggedOut(host, said);
  if (status === 404)
    return new ForgeError(
      'not-found',
      `${host} knows no such repository or request, or you may not see it${tail(said)}.`,
      `Look at the remote's address (git remote -v) and who you are there: gh auth status.`,
    );
  if (status === 403)
    return new ForgeError(
      'not-allowed',
      `${host} does not allow it${tail(said)}.`,
      'Ask for the right to it, or see what your login may do: gh auth status.',
    );
  // A question that takes GitHub too long ends like this, too.
  if (status >= 500)
    return offline(
      host,
      `it answered ${status}${said === '' ? '' : ` ${said}`}`,
      status === 502 || status === 504,
    );
  if (status >= 400 && reply.json !== undefined)
    return new ForgeError(
      'refused',
      `${host} refused it (${status})${tail(said)}.`,
      'The branch is there as it is.',
    );
  return nonsense(host, reply.json === undefined ? 'not JSON' : `status ${status}`);
}

export function limited(host: string, until: Date | null): ForgeError {
  const when = until === null ? '' : ` until ${until.toISOString().replace(/\.\d+Z$/, 'Z')}`;
  return new ForgeError(
    'rate-limited',
    `${host} takes no more questions from you${when} (rate limit).`,
    'Nothing is lost: the next rota sweep after that goes on.',
    { until },
  );
}

export function nonsense(host: string, what: string, tooMuch = false): ForgeError {
  return new ForgeError(
    'nonsense',
    `The answer of ${host} makes no sense: ${what}.`,
    'Nothing was changed by it. Try again later; if it stays, look at gh api user.',
    { tooMuch },
  );
}

function offline(host: string, said: string, tooMuch = false): ForgeError {
  return new ForgeError(
    'offline',
    `${host} cannot be reached: ${said}.`,
    'Nothing is lost: run rota sweep when the network is back.',
    { tooMuch },
  );
}

function loggedOut(host: string, said: string): ForgeError {
  return new ForgeError(
    'logged-out',
    `gh is not logged in to ${host}${tail(said)}.`,
    `gh auth login --hostname ${host}, ${OR_LINK}.`,
  );
}

/** Whether this is a rate limit, and when it ends: epoch seconds, or seconds from now. */
function limitOf({ status, headers }: GhReply, said: string, now: Date): { until: Date | null } | null {
  const spent = headers.get('x-ratelimit-remaining') === '0';
  const after = Number.parseInt(headers.get('retry-after') ?? '', 10);
  const asked =
    status === 429 || (status === 403 && (spent || Number.isFinite(after) || LIMIT_WORDS.test(said)));
  if (!asked) return null;
  if (Number.isFinite(after) && after >= 0 && after < 86_400)
    return { until: new Date(now.getTime() + after * 1000) };
  const reset = Number.parseInt(headers.get('x-ratelimit-reset') ?? '', 10);
  const plausible = spent && Number.isFinite(reset) && reset > 0 && reset < 1e11;
  return { until: plausible ? new Date(reset * 1000) : null };
}

const LIMIT_WORDS = /rate limit|abuse detection|too many requests/i;

/** The forge's own sentence, with those about single fields behind it. */
export function messageOf(json: unknown): string {
  if (typeof json !== 'object' || json === null) return '';
  const { message, errors } = json as { message?: unknown; errors?: unknown };
  const parts = [message, ...(Array.isArray(errors) ? errors.map(fieldMessage) : [])];
  return words(parts.filter((part) => typeof part === 'string' && part !== '').join('; '));
}

function fieldMessage(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { message, field, code } = error as Record<string, unknown>;
  if (typeof message === 'string') return message;
  return typeof field === 'string' && typeof code === 'string' ? `${field}: ${code}` : '';
}

function words(text: string): string {
  return plainText(text.trim()).slice(0, 400).replace(/\.$/, '');
}

function tail(said: string): string {
  return said === '' ? '' : `: ${said}`;
}

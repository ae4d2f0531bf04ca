import type { AgentActivity, Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import { endWithoutWords } from './end-without-words.ts';
import { failureOf } from './failure-of.ts';
import { fieldAt, firstText, numberAt, textAt, tokensAt } from './json-fields.ts';
import { lastLineOf } from './last-line.ts';
import type { OutputLine, PresetExit, PresetReader, PresetVerdict } from './preset.ts';

type Json = OutputLine['json'];

const EDITS = ['write_file', 'replace', 'edit'];
const OWN_TOOLS = [...EDITS, 'run_shell_command', 'read_file'];
const TELLING = ['command', 'file_path', 'path', 'pattern', 'query', 'url', 'prompt', 'description'];
/** On stderr, before it asks again: `Attempt 2 failed with status 429. Retrying with backoff... …` */
const RETRY = /^Attempt (\d+) failed(?: with (?:status )?(\d+|5xx)[^.]*)?\. Retrying with backoff\.\.\.(.*)$/;
/** A limit that passes, which it waits for; the next line has what the server suggested. */
const LIMITED = /^Attempt (\d+) failed: (.+)$/;
const SUGGESTED = /^Suggested retry after (\d{1,6}(?:\.\d+)?)s\./;
/** What it says on stderr in every turn. */
const CHATTER = /^(?:Warning: |YOLO mode is enabled|Ripgrep is not available|\[STARTUP\] )/;
const MOST_TEXT = 500;

interface Call {
  readonly name: string;
  readonly detail: string;
}

/** Reads `gemini --output-format stream-json`: one event a line, answers in pieces. */
export function readGemini(): PresetReader {
  let session: string | null = null;
  let usage: Usage | null = null;
  /** What it said was wrong. */
  let failed: AgentFailure | null = null;
  /** What it was still asking for again. */
  let waits: AgentFailure | null = null;
  let denied: AgentFailure | null = null;
  let over = false;
  /** An answer, as far as it arrived. */
  let held = '';
  const calls = new Map<string, Call>();

  function feed({ stream, text, json }: OutputLine): readonly AgentActivity[] {
    if (stream === 'stderr') return retried(text);
    if (json === null) return [];
    const type = textAt(json, 'type');
    if (type === 'message') return said(json);
    return [...flushed(), ...happened(type, json)];
  }

  function happened(type: string, json: Json): readonly AgentActivity[] {
    switch (type) {
      case 'init':
        session = textAt(json, 'session_id') || session;
        return [];
      case 'tool_use':
        return called(json);
      case 'tool_result':
        return answered(json);
      case 'error':
        return complained(json);
      case 'result':
        return ended(json);
      default:
        return [];
    }
  }

  function retried(line: string): readonly AgentActivity[] {
    const [, attempt, status, rest] = RETRY.exec(line) ?? [];
    if (attempt === undefined) return limited(line);
    const words = serverWords(rest!) || line;
    const code = status === undefined ? null : status === '5xx' ? 500 : Number(status);
    const known = failureIn(words, code);
    return wait(attempt, known.kind === 'crashed' ? { ...known, kind: 'outage' } : known);
  }

  function wait(attempt: string, failure: AgentFailure): readonly AgentActivity[] {
    waits = failure;
    return [{ kind: 'waiting', detail: `attempt ${attempt} failed: ${failure.message}` }];
  }

  function limited(line: string): readonly AgentActivity[] {
    const seconds = SUGGESTED.exec(line)?.[1];
    if (seconds !== undefined && waits !== null) waits = { ...waits, retryAfter: Number(seconds) * 1000 };
    const [, attempt, words] = LIMITED.exec(line) ?? [];
    return words === undefined ? [] : wait(attempt!, failureIn(words, 429));
  }

  function said(json: Json): readonly AgentActivity[] {
    if (textAt(json, 'role') !== 'assistant') return [];
    waits = null;
    held += textAt(json, 'content').slice(0, 20_000);
    return held.length >= MOST_TEXT || held.includes('\n\n') ? flushed() : [];
  }

  function flushed(): readonly AgentActivity[] {
    const text = held;
    held = '';
    return text.trim() === '' ? [] : [{ kind: 'text', text }];
  }

  function called(json: Json): readonly AgentActivity[] {
    waits = null;
    const name = textAt(json, 'tool_name');
    const detail = firstText(fieldAt(json, 'parameters'), TELLING);
    if (calls.size < 1000) calls.set(textAt(json, 'tool_id'), { name, detail: detail.slice(0, 1000) });
    // Whether it changes a file is known when it has.
    return EDITS.includes(name) ? [] : [{ kind: 'tool', name, detail }];
  }

  function answered(json: Json): readonly AgentActivity[] {
    const id = textAt(json, 'tool_id');
    const { name, detail } = calls.get(id) ?? { name: '', detail: '' };
    calls.delete(id);
    const edits = EDITS.includes(name);
    if (textAt(json, 'status') !== 'error') return edits ? [{ kind: 'edit', path: detail }] : [];
    const kind = textAt(json, 'error', 'type');
    const words = textAt(json, 'error', 'message');
    const taken = kind === 'tool_not_registered' && OWN_TOOLS.includes(name);
    if (taken || kind === 'policy_violation' || /denied by policy/i.test(words)) {
      denied = { kind: 'tool-denied', message: `not allowed: ${name}: ${words}`, retryAfter: null };
      return [{ kind: 'permission', granted: false, detail: `${name}: ${detail}` }];
    }
    return edits ? [{ kind: 'tool', name, detail: `${detail}: ${words}` }] : [];
  }

  /** Warnings too: a loop that it saw and left. */
  function complained(json: Json): readonly AgentActivity[] {
    const words = textAt(json, 'message');
    if (textAt(json, 'severity') === 'error') failed = failureIn(words);
    return [{ kind: 'text', text: words }];
  }

  function ended(json: Json): readonly AgentActivity[] {
    waits = null;
    over = true;
    const words = textAt(json, 'error', 'message');
    if (textAt(json, 'status') !== 'error') failed = null;
    else if (words !== '' || failed === null)
      failed = failureIn(words || 'it ended with an error of no name');
    usage = usageOf(fieldAt(json, 'stats'));
    return usage === null ? [] : [{ kind: 'usage', usage }];
  }

  function verdict(exit: PresetExit): PresetVerdict {
    const failure =
      exit.kind === 'interrupted' ? null : (failed ?? failureAtEnd(exit, over) ?? waits ?? denied);
    return { session: failure?.kind === 'session-lost' ? null : session, usage, failure };
  }

  return { feed, verdict };
}

/** What its exit codes say beside its words. */
function failureAtEnd(end: PresetExit, over: boolean): AgentFailure | null {
  const told = end.words.split('\n').filter((line) => !CHATTER.test(line));
  const exit = { ...end, words: told.join('\n') };
  const words = lastLineOf(exit.words);
  const known = (kind: AgentFailure['kind'], message: string): AgentFailure => ({
    ...{ kind, message, retryAfter: null },
  });
  const lost = /^Error resuming session: .*/m.exec(exit.words);
  if (lost !== null) return known('session-lost', lost[0]);
  if (exit.kind === 'exited' && exit.code === 41)
    return known('not-logged-in', authWords(exit.words) || words);
  if (exit.kind === 'exited' && exit.code === 53) return known('context-exhausted', words);
  // Told to end, it exits with 0.
  return endWithoutWords(exit, 'gemini', over);
}

function authWords(words: string): string {
  return /^.*(?:auth|GEMINI_API_KEY|GOOGLE_).*$/im.exec(words)?.[0] ?? '';
}

/** `[API Error: {"error":{"code":401,"message":"…"}}]`, with or without JSON in it, or other words. */
function failureIn(words: string, known: number | null = null): AgentFailure {
  const message = serverWords(words) || words;
  const status = /"code":\s*([1-5]\d\d)\b/.exec(words)?.[1];
  const failure = failureOf(status === undefined ? known : Number(status), message);
  // Its server calls every limit a quota, and each of them comes back by itself; what was paid in advance does not.
  if (/prepa(?:id|y)|credits? (?:are |is )?(?:depleted|exhausted)/i.test(message))
    return { kind: 'out-of-credit', message, retryAfter: null };
  if (/quota|capacity/i.test(message) && (failure === null || failure.kind === 'out-of-credit'))
    return { kind: 'rate-limited', message, retryAfter: failure?.retryAfter ?? null };
  return failure ?? { kind: otherKind(message), message, retryAfter: null };
}

function otherKind(message: string): AgentFailure['kind'] {
  if (/safety|blocked|prohibited|recitation|denylist/i.test(message)) return 'refused';
  return /max(?:imum)? session turns/i.test(message) ? 'context-exhausted' : 'crashed';
}

/** The server's own sentence, where there is one. */
function serverWords(text: string): string {
  const json = /\{.*\}/s.exec(text)?.[0];
  if (json !== undefined) {
    try {
      return textAt(JSON.parse(json), 'error', 'message');
    } catch {
      // No JSON after all: words.
    }
  }
  return text
    .replace(/^\s*\[API Error: (.*?)\]/s, '$1')
    .replace(/^\s*_?[A-Za-z]*Error: /, '')
    .trim();
}

/** Its `output_tokens` leave out what the model thought, which is paid for as output. */
function usageOf(stats: unknown): Usage | null {
  if (numberAt(stats, 'total_tokens') === null) return null;
  const input = tokensAt(stats, 'input_tokens');
  const output = Math.max(tokensAt(stats, 'output_tokens'), tokensAt(stats, 'total_tokens') - input);
  return { input, cached: Math.min(tokensAt(stats, 'cached'), input), output, usd: null };
}

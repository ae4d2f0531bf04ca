import type { AgentActivity, Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import { addUsage } from '../../plan/usage.ts';
import { endWithoutWords } from './end-without-words.ts';
import { failureOf } from './failure-of.ts';
import { firstText, listAt, numberAt, textAt, tokensAt } from './json-fields.ts';
import type { OutputLine, PresetExit, PresetReader, PresetVerdict } from './preset.ts';
import { pricedUsage } from './priced-usage.ts';

type Json = OutputLine['json'];

/** Its events repeat the whole message for every piece of it that arrives, and the whole session at the end. */
const REPEATS =
  /^\{"type":"(?:message_update|message_start|turn_start|turn_end|agent_start|agent_end|tool_execution_update)"/;
const EDITS = ['write', 'edit'];
const OWN_TOOLS = [...EDITS, 'bash', 'read'];

/** Reads `pi --mode json`: one JSON event a line. */
export function readPi(): PresetReader {
  let session: string | null = null;
  let usage: Usage | null = null;
  /** Of its last answer; null: that was none. */
  let failed: AgentFailure | null = null;
  let denied: AgentFailure | null = null;
  /** Files of edits that are under way, by the id of their call. */
  const edits = new Map<string, string>();

  function feed({ json }: OutputLine): readonly AgentActivity[] {
    switch (textAt(json, 'type')) {
      case 'session':
        session = textAt(json, 'id') || session;
        return [];
      case 'message_end':
        return textAt(json, 'message', 'role') === 'assistant' ? answered(json) : [];
      case 'tool_execution_start':
        return started(json);
      case 'tool_execution_end':
        return ended(json);
      case 'auto_retry_start':
        return [{ kind: 'waiting', detail: retryInWords(json) }];
      case 'compaction_end':
        return compacted(json);
      default:
        return [];
    }
  }

  function answered(json: Json): readonly AgentActivity[] {
    usage = addUsage(usage, usageOf(json));
    const error = textAt(json, 'message', 'stopReason') === 'error';
    failed = error
      ? failureIn(textAt(json, 'message', 'errorMessage'), textAt(json, 'message', 'api'))
      : null;
    const texts = listAt(json, 'message', 'content').map((part) => textAt(part, 'text'));
    const text = texts.filter((part) => part.trim() !== '').join('\n');
    return [...(text === '' ? [] : [{ kind: 'text', text } as const]), { kind: 'usage', usage }];
  }

  function started(json: Json): readonly AgentActivity[] {
    const name = textAt(json, 'toolName');
    if (EDITS.includes(name) && edits.size < 1000) {
      edits.set(textAt(json, 'toolCallId'), textAt(json, 'args', 'path'));
      return [];
    }
    return [{ kind: 'tool', name, detail: firstText(json?.args, ['command', 'path', 'pattern', 'query']) }];
  }

  function ended(json: Json): readonly AgentActivity[] {
    const id = textAt(json, 'toolCallId');
    const path = edits.get(id);
    edits.delete(id);
    if (json?.isError !== true) return path === undefined ? [] : [{ kind: 'edit', path }];
    const name = textAt(json, 'toolName');
    const words = textAt(json, 'result', 'content', 0, 'text');
    // Taken from it with `args: [--tools, …]` in rota.yaml.
    if (OWN_TOOLS.includes(name) && words === `Tool ${name} not found`) {
      denied = { kind: 'tool-denied', message: words, retryAfter: null };
      return [{ kind: 'permission', granted: false, detail: name }];
    }
    return path === undefined ? [] : [{ kind: 'tool', name, detail: `${path}: ${words}` }];
  }

  function compacted(json: Json): readonly AgentActivity[] {
    const words = textAt(json, 'errorMessage');
    if (words === '') return [];
    failed ??= failureIn(words);
    return [{ kind: 'waiting', detail: words }];
  }

  function verdict(exit: PresetExit): PresetVerdict {
    const atEnd = failureAtEnd(exit, usage !== null);
    const failure = exit.kind === 'interrupted' ? null : (failed ?? atEnd ?? denied);
    return { session: failure?.kind === 'session-lost' ? null : session, usage, failure };
  }

  return { feed, verdict, skips: (text) => REPEATS.test(text) };
}

function failureAtEnd(exit: PresetExit, answered: boolean): AgentFailure | null {
  const lost = /^No session found matching .*/m.exec(exit.words);
  if (lost !== null) return { kind: 'session-lost', message: lost[0], retryAfter: null };
  const logIn = /^No (?:API key found|models available).*/m.exec(exit.words);
  if (logIn !== null) return { kind: 'not-logged-in', message: logIn[0], retryAfter: null };
  return endWithoutWords(exit, 'pi', answered);
}

/** `429 {"type":"error","error":{"message":"…"}}`, or words alone. */
function failureIn(words: string, api = ''): AgentFailure {
  const [, status, rest] = /^([1-5]\d\d)\s+(.*)$/s.exec(words) ?? [null, null, words];
  const message = serverWords(rest ?? words);
  const failure = failureOf(status == null ? null : Number(status), message);
  if (failure !== null) return failure;
  if (/content[_ ]filter|refus|safety/i.test(words)) return { kind: 'refused', message, retryAfter: null };
  // What it makes of an answer that is complete and declines.
  const declined = words === 'An unknown error occurred' && /^(?:anthropic|bedrock)/.test(api);
  return declined
    ? { kind: 'refused', message: `${words} (its words for a refusal)`, retryAfter: null }
    : { kind: 'crashed', message: message || 'it ended with an error of no name', retryAfter: null };
}

function serverWords(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    const json: unknown = JSON.parse(text);
    return textAt(json, 'error', 'message') || textAt(json, 'message') || text;
  } catch {
    return text;
  }
}

function retryInWords(json: Json): string {
  const seconds = Math.round((numberAt(json, 'delayMs') ?? 0) / 1000);
  const which = `retry ${numberAt(json, 'attempt') ?? '?'} of ${numberAt(json, 'maxAttempts') ?? '?'}`;
  return `${which} in ${seconds} s: ${failureIn(textAt(json, 'errorMessage')).message}`;
}

function usageOf(json: Json): Usage {
  const tokens = (key: string) => tokensAt(json, 'message', 'usage', key);
  return pricedUsage({
    input: tokens('input') + tokens('cacheRead') + tokens('cacheWrite'),
    cached: tokens('cacheRead'),
    output: tokens('output'),
    cost: numberAt(json, 'message', 'usage', 'cost', 'total'),
  });
}

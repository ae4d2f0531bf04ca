import type { AgentActivity, Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import { CLAUDE_STATUS, claudeRetry } from './claude-retry.ts';
import { endWithoutWords } from './end-without-words.ts';
import { failureOf } from './failure-of.ts';
import { fieldAt, firstText, listAt, numberAt, textAt, tokensAt } from './json-fields.ts';
import type { PresetExit, PresetReader, PresetVerdict } from './preset.ts';
import { recent } from './recent.ts';

const EDITS = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write']);
/** Which of a tool's arguments says most. */
const TELLING = ['command', 'file_path', 'notebook_path', 'pattern', 'path', 'url', 'query', 'description'];
const NOTHING: Usage = { input: 0, cached: 0, output: 0, usd: null };
/** Calls without an answer, messages with parts to come: subagents have theirs at the same time. */
const MOST_OPEN = 100;

/** Reads `--output-format stream-json`. */
export function readClaude(): PresetReader {
  let session: string | null = null;
  let result: unknown = null;
  /** The last retry that nothing but silence followed. */
  let waits: { readonly status: number | null; readonly words: string } | null = null;
  /** How long the server wants to be left alone, in milliseconds. */
  let leaveAlone: number | null = null;
  /** What an answer of the model's own error says. */
  let status: number | null = null;
  const calls = recent<string, string>(MOST_OPEN);
  const denied = recent<string, string>(MOST_OPEN);
  let earlier = NOTHING;
  const messages = recent<string, Usage>(MOST_OPEN, (usage) => {
    earlier = sum([earlier, usage]);
  });
  const soFar = () => sum([earlier, ...messages.values()]);

  function onSystem(json: unknown): AgentActivity[] {
    const retry = claudeRetry(json);
    if (retry === null) return [];
    const { status: code, words, delay, detail } = retry;
    waits = { status: code, words };
    // Its own pauses are fractions of a second; what a server asks for is whole ones.
    if (code === 429 && delay !== null && Number.isInteger(delay / 1000)) leaveAlone = delay;
    return [{ kind: 'waiting', detail }];
  }

  function onAssistant(json: unknown): AgentActivity[] {
    waits = null;
    status = CLAUDE_STATUS[textAt(json, 'error')] ?? status;
    const activities = listAt(json, 'message', 'content').flatMap(onContent);
    const id = textAt(json, 'message', 'id');
    if (id === '' || textAt(json, 'message', 'model') === '<synthetic>') return activities;
    // Each part of a message is a line of its own, with the usage of the whole.
    messages.set(id, usageIn(fieldAt(json, 'message', 'usage')));
    return [...activities, { kind: 'usage', usage: soFar() }];
  }

  function onContent(content: unknown): AgentActivity[] {
    const type = textAt(content, 'type');
    if (type === 'text') return [{ kind: 'text', text: textAt(content, 'text') }];
    if (type !== 'tool_use') return [];
    const name = textAt(content, 'name');
    const input = fieldAt(content, 'input');
    const detail = firstText(input, TELLING);
    calls.set(textAt(content, 'id'), `${name}: ${detail}`.slice(0, 1000));
    const path = firstText(input, ['file_path', 'notebook_path']);
    return [EDITS.has(name) && path !== '' ? { kind: 'edit', path } : { kind: 'tool', name, detail }];
  }

  /** Answers of tools. A denial is one of them, in words only; the result lists those that it counts. */
  function onUser(json: unknown): AgentActivity[] {
    return listAt(json, 'message', 'content').flatMap((content): AgentActivity[] => {
      const id = textAt(content, 'tool_use_id');
      const call = calls.get(id);
      calls.delete(id);
      if (call === undefined || fieldAt(content, 'is_error') !== true) return [];
      if (!DENIED.test(textAt(content, 'content'))) return [];
      denied.set(id, call);
      return [{ kind: 'permission', granted: false, detail: call }];
    });
  }

  function onResult(json: unknown): AgentActivity[] {
    result = json;
    waits = null;
    return [{ kind: 'usage', usage: usageOfResult(json) }];
  }

  function verdict(exit: PresetExit): PresetVerdict {
    const usage = result === null ? soFar() : usageOfResult(result);
    const failure = exit.kind === 'interrupted' ? null : failureAt(exit);
    return {
      session: failure?.kind === 'session-lost' ? null : session,
      usage: result === null && messages.size === 0 ? null : usage,
      failure,
    };
  }

  function failureAt(exit: PresetExit): AgentFailure | null {
    if (result !== null) return failureOfResult(result, { status, leaveAlone, denied });
    // It asks again only where that may help: without a status it got no whole answer.
    if (waits !== null)
      return (
        failureOf(waits.status, waits.words, leaveAlone) ?? {
          ...{ kind: 'outage', message: waits.words, retryAfter: null },
        }
      );
    return endWithoutWords(exit, 'claude', false);
  }

  return {
    feed: ({ json }) => {
      if (json === null) return [];
      session = textAt(json, 'session_id') || session;
      switch (textAt(json, 'type')) {
        case 'system':
          return onSystem(json);
        case 'assistant':
          return onAssistant(json);
        case 'user':
          return onUser(json);
        case 'result':
          return onResult(json);
        default:
          return [];
      }
    },
    verdict,
  };
}

const DENIED = /requires approval|requested permissions to|permission to use .* has been denied/i;

interface Seen {
  readonly status: number | null;
  readonly leaveAlone: number | null;
  readonly denied: ReadonlyMap<string, string>;
}

function failureOfResult(result: unknown, { status, leaveAlone, denied }: Seen): AgentFailure | null {
  const words = textAt(result, 'result') || listAt(result, 'errors').filter(isText).join('; ');
  const failure = (kind: AgentFailure['kind'], message: string): AgentFailure => ({
    ...{ kind, message, retryAfter: null },
  });
  if (textAt(result, 'stop_reason') === 'refusal') return failure('refused', words);
  if (fieldAt(result, 'is_error') === true) {
    // Its own limits end a session, not the work: it can go on in a new one.
    const subtype = textAt(result, 'subtype');
    if (subtype === 'error_max_turns')
      return failure('context-exhausted', 'the most turns that its arguments allow (--max-turns) are over');
    if (subtype === 'error_max_budget_usd')
      return failure('context-exhausted', 'what its arguments let it spend (--max-budget-usd) is spent');
    if (/no conversation found/i.test(words)) return failure('session-lost', words);
    return (
      failureOf(numberAt(result, 'api_error_status') ?? status, words, leaveAlone) ??
      failure('crashed', words || subtype || 'it ended with an error and did not say which')
    );
  }
  const tools = listAt(result, 'permission_denials').map((denial) => {
    const known = denied.get(textAt(denial, 'tool_use_id'));
    return known ?? `${textAt(denial, 'tool_name')}: ${firstText(fieldAt(denial, 'tool_input'), TELLING)}`;
  });
  return tools.length === 0 ? null : failure('tool-denied', `not allowed: ${tools.slice(0, 3).join('; ')}`);
}

/** By model, subagents included; `usage` itself leaves those out. */
function usageOfResult(result: unknown): Usage {
  const models = fieldAt(result, 'modelUsage');
  const each = typeof models === 'object' && models !== null ? Object.values(models) : [];
  const own = usageIn(fieldAt(result, 'usage'));
  const all = sum(
    each.map((model): Usage => {
      const cached = tokensAt(model, 'cacheReadInputTokens');
      const input = tokensAt(model, 'inputTokens') + cached + tokensAt(model, 'cacheCreationInputTokens');
      return { input, cached, output: tokensAt(model, 'outputTokens'), usd: null };
    }),
  );
  const more = all.input + all.output > own.input + own.output ? all : own;
  return { ...more, usd: numberAt(result, 'total_cost_usd') };
}

function usageIn(usage: unknown): Usage {
  const cached = tokensAt(usage, 'cache_read_input_tokens');
  const input = tokensAt(usage, 'input_tokens') + cached + tokensAt(usage, 'cache_creation_input_tokens');
  return { input, cached, output: tokensAt(usage, 'output_tokens'), usd: null };
}

function sum(usages: Iterable<Usage>): Usage {
  let total = NOTHING;
  for (const { input, cached, output } of usages) {
    total = {
      ...{ input: total.input + input, cached: total.cached + cached, output: total.output + output },
      usd: null,
    };
  }
  return total;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

import type { AgentActivity, Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import { endWithoutWords } from './end-without-words.ts';
import { failureOf } from './failure-of.ts';
import { fieldAt, listAt, textAt, tokensAt } from './json-fields.ts';
import type { OutputLine, PresetExit, PresetReader, PresetVerdict } from './preset.ts';
import { recent } from './recent.ts';

/** Reads `codex exec --json`; of stderr only what is nowhere else: which tool it denied. */
export function readCodex(): PresetReader {
  let session: string | null = null;
  let usage: Usage | null = null;
  let completed = false;
  let failed: string | null = null;
  /** Why it is connecting again, while nothing else came after it. */
  let waits: string | null = null;
  const denied: string[] = [];
  const started = recent<string, true>(100);

  function onItem(type: string, item: unknown): AgentActivity[] {
    waits = null;
    const id = textAt(item, 'id');
    const known = started.has(id);
    if (type === 'item.started') started.set(id, true);
    const ended = type === 'item.completed';
    if (ended) started.delete(id);
    if (textAt(item, 'status') === 'declined') return deny(toolOf(item)?.detail ?? 'a tool');
    switch (textAt(item, 'type')) {
      case 'agent_message':
        return ended ? [{ kind: 'text', text: textAt(item, 'text') }] : [];
      case 'file_change':
        if (!ended || textAt(item, 'status') === 'failed') return [];
        return listAt(item, 'changes').map((change) => ({ kind: 'edit', path: textAt(change, 'path') }));
      default: {
        const tool = toolOf(item);
        return tool === null || known ? [] : [{ kind: 'tool', ...tool }];
      }
    }
  }

  function deny(detail: string): AgentActivity[] {
    if (denied.length < 3) denied.push(detail);
    return [{ kind: 'permission', granted: false, detail }];
  }

  function onError(message: string): AgentActivity[] {
    const again = /^Reconnecting\.\.\. *(.*)$/s.exec(message);
    if (again === null) {
      failed = message;
      return [];
    }
    waits = wordsOf(again[1]!.replace(/^\d+\/\d+ *\((.*)\)$/s, '$1'));
    return [{ kind: 'waiting', detail: again[1]! }];
  }

  function onTurn(json: unknown): AgentActivity[] {
    failed = null;
    completed = true;
    usage = usageIn(fieldAt(json, 'usage'));
    return [{ kind: 'usage', usage }];
  }

  function feed({ stream, text, json }: OutputLine): AgentActivity[] {
    if (stream === 'stderr') return onStderr(text);
    switch (textAt(json, 'type')) {
      case 'thread.started':
        session = textAt(json, 'thread_id') || null;
        return [];
      case 'item.started':
      case 'item.updated':
      case 'item.completed':
        return onItem(textAt(json, 'type'), fieldAt(json, 'item'));
      case 'error':
        return onError(textAt(json, 'message'));
      case 'turn.failed':
        failed = textAt(json, 'error', 'message') || failed || 'its turn failed';
        return [];
      case 'turn.completed':
        return onTurn(json);
      default:
        return [];
    }
  }

  function onStderr(text: string): AgentActivity[] {
    const rejected = /Rejected\(\\?"(.*?)\\?"\)/.exec(text)?.[1];
    return rejected === undefined ? [] : deny(rejected);
  }

  function verdict(exit: PresetExit): PresetVerdict {
    const failure = exit.kind === 'interrupted' ? null : failureAt(exit);
    return { session: failure?.kind === 'session-lost' ? null : session, usage, failure };
  }

  function failureAt(exit: PresetExit): AgentFailure | null {
    if (failed !== null) return failureIn(failed);
    if (completed) {
      const message = `not allowed: ${denied.join('; ')}`;
      return denied.length === 0 ? null : { kind: 'tool-denied', message, retryAfter: null };
    }
    // Rota ended it: what it was waiting for is why.
    if (exit.kind !== 'exited') return waits === null ? null : failureOf(null, waits);
    const lost = /^.*(?:no rollout found|thread\/resume failed).*$/im.exec(exit.words)?.[0];
    if (lost !== undefined) return { kind: 'session-lost', message: lost, retryAfter: null };
    return endWithoutWords(exit, 'codex', false);
  }

  return { feed, verdict };
}

function toolOf(item: unknown): { readonly name: string; readonly detail: string } | null {
  switch (textAt(item, 'type')) {
    case 'command_execution':
      return { name: 'shell', detail: withoutShell(textAt(item, 'command')) };
    case 'mcp_tool_call':
      return { name: `${textAt(item, 'server')}.${textAt(item, 'tool')}`, detail: '' };
    case 'web_search':
      return { name: 'web search', detail: textAt(item, 'query') };
    default:
      return null;
  }
}

/** `/bin/bash -lc 'npm test'` says `npm test`. */
function withoutShell(command: string): string {
  return /^\S*sh -l?c '([^']*)'$/s.exec(command)?.[1] ?? command;
}

/** A server's answer is passed on as it came: what it says is in it. */
function wordsOf(message: string): string {
  if (!message.startsWith('{')) return message;
  try {
    const json: unknown = JSON.parse(message);
    return textAt(json, 'error', 'message') || textAt(json, 'message') || message;
  } catch {
    return message;
  }
}

function failureIn(message: string): AgentFailure {
  const words = wordsOf(message);
  const status = /\b(?:unexpected|last) status:? (\d{3})\b/.exec(words)?.[1];
  return (
    failureOf(status === undefined ? null : Number(status), words) ?? {
      ...{ kind: 'crashed', message: words, retryAfter: null },
    }
  );
}

/** Those of a cache are among the input. */
function usageIn(usage: unknown): Usage {
  const input = tokensAt(usage, 'input_tokens');
  const cached = Math.min(input, tokensAt(usage, 'cached_input_tokens'));
  return { input, cached, output: tokensAt(usage, 'output_tokens'), usd: null };
}

import type { AgentActivity, Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import { addUsage } from '../../plan/usage.ts';
import { endWithoutWords } from './end-without-words.ts';
import { failureOf } from './failure-of.ts';
import { fieldAt, firstText, listAt, numberAt, textAt, tokensAt } from './json-fields.ts';
import { opencodeError } from './opencode-error.ts';
import type { OutputLine, PresetExit, PresetReader, PresetVerdict } from './preset.ts';
import { pricedUsage } from './priced-usage.ts';
import { retryAfterHeader } from './retry-after-header.ts';

type Json = OutputLine['json'];

const EDITS = ['write', 'edit', 'multiedit'];
const OWN_TOOLS = [...EDITS, 'bash', 'read', 'apply_patch'];
const DENIED = /rejected permission to use|a rule which prevents you from using/i;
const ASKED = /permission requested: (.*?); auto-rejecting/;

/** Reads `opencode run --format json`: one event a line, each about a part of an answer that is complete. */
export function readOpencode(): PresetReader {
  let session: string | null = null;
  let usage: Usage | null = null;
  /** The last error that no answer came after. */
  let failed: AgentFailure | null = null;
  /** What it was still asking for again. */
  let waits: AgentFailure | null = null;
  let denied: AgentFailure | null = null;

  function feed({ stream, text, json }: OutputLine): readonly AgentActivity[] {
    if (stream === 'stderr') return logged(text);
    session = textAt(json, 'sessionID') || session;
    switch (textAt(json, 'type')) {
      case 'text':
        goesOn();
        return [{ kind: 'text', text: textAt(json, 'part', 'text') }];
      case 'tool_use':
        goesOn();
        return used(json);
      case 'step_finish':
        goesOn();
        usage = addUsage(usage, usageOf(json));
        return [{ kind: 'usage', usage }];
      case 'error':
        waits = null;
        failed = failureIn(fieldAt(json, 'error'));
        return [];
      default:
        return [];
    }
  }

  /** An answer came. That a step began is none: a torn one has begun, too. */
  function goesOn(): void {
    failed = null;
    waits = null;
  }

  function logged(line: string): readonly AgentActivity[] {
    const asked = ASKED.exec(line);
    if (asked !== null) return deny(asked[1]!);
    const words = opencodeError(line);
    if (words === null) return [];
    session = / session\.id=([^ ]+)/.exec(line)?.[1] ?? session;
    waits = failureOf(null, words) ?? { kind: 'outage', message: words, retryAfter: null };
    // Of others it tells by itself, and at once.
    const again = waits.kind === 'outage' || waits.kind === 'rate-limited';
    return again ? [{ kind: 'waiting', detail: words }] : [];
  }

  function used(json: Json): readonly AgentActivity[] {
    const name = textAt(json, 'part', 'tool');
    const state = fieldAt(json, 'part', 'state');
    const input = fieldAt(state, 'input');
    const error = textAt(state, 'error');
    if (DENIED.test(error)) return deny(name);
    if (name === 'invalid') return wrongCall(textAt(input, 'tool'), textAt(input, 'error'));
    const path = firstText(input, ['filePath', 'path']);
    if (error === '' && EDITS.includes(name)) return [{ kind: 'edit', path }];
    if (error === '' && name === 'apply_patch') return patched(state);
    const detail = firstText(input, [
      'command',
      'filePath',
      'pattern',
      'url',
      'query',
      'description',
      'path',
    ]);
    return [{ kind: 'tool', name, detail: error === '' ? detail : `${detail}: ${error}` }];
  }

  /** A call that it could not take as it was. One of its own tools is only missing where its configuration denies it. */
  function wrongCall(tool: string, error: string): readonly AgentActivity[] {
    if (OWN_TOOLS.includes(tool) && /unavailable tool/i.test(error)) return deny(tool);
    return [{ kind: 'tool', name: tool, detail: error }];
  }

  function deny(what: string): readonly AgentActivity[] {
    denied = { kind: 'tool-denied', message: `not allowed: ${what}`, retryAfter: null };
    return [{ kind: 'permission', granted: false, detail: what }];
  }

  function verdict(exit: PresetExit): PresetVerdict {
    const failure = exit.kind === 'interrupted' ? null : failureAt(exit);
    return { session: failure?.kind === 'session-lost' ? null : session, usage, failure };
  }

  function failureAt(exit: PresetExit): AgentFailure | null {
    if (failed !== null) return failed;
    if (/Session not found/.test(exit.words) && session === null)
      return { kind: 'session-lost', message: 'Session not found', retryAfter: null };
    return waits ?? endWithoutWords(exit, 'opencode', usage !== null) ?? denied;
  }

  return { feed, verdict };
}

function patched(state: unknown): readonly AgentActivity[] {
  const files = listAt(state, 'metadata', 'files').map((file) =>
    firstText(file, ['relativePath', 'filePath']),
  );
  const named = files.filter((path) => path !== '');
  return named.length === 0
    ? [{ kind: 'tool', name: 'apply_patch', detail: textAt(state, 'title') }]
    : named.map((path) => ({ kind: 'edit', path }));
}

function failureIn(error: unknown): AgentFailure {
  const words =
    textAt(error, 'data', 'message') || textAt(error, 'name') || 'it ended with an error of no name';
  const known = (kind: AgentFailure['kind']): AgentFailure => ({ kind, message: words, retryAfter: null });
  switch (textAt(error, 'name')) {
    case 'ProviderAuthError':
      return known('not-logged-in');
    case 'ContextOverflowError':
    case 'MessageOutputLengthError':
      return known('context-exhausted');
    case 'ContentFilterError':
      return known('refused');
    default: {
      const retryAfter = retryAfterHeader(fieldAt(error, 'data', 'responseHeaders'));
      return failureOf(numberAt(error, 'data', 'statusCode'), words, retryAfter) ?? known('crashed');
    }
  }
}

/** Of one step. Its `input` is without the cache, its `output` without the reasoning. */
function usageOf(json: Json): Usage {
  const tokens = (...path: readonly string[]) => tokensAt(json, 'part', 'tokens', ...path);
  const cached = tokens('cache', 'read');
  return pricedUsage({
    input: tokens('input') + cached + tokens('cache', 'write'),
    cached,
    output: tokens('output') + tokens('reasoning'),
    cost: numberAt(json, 'part', 'cost'),
  });
}

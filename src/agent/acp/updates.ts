import type { AgentActivity } from '../../events.ts';
import { fieldAt, firstText, listAt, textAt, wholeTextAt } from '../presets/json-fields.ts';
import type { UsageMeter } from './usage.ts';

/** Turns the updates of a session into what people see. Takes anything and never throws. */
export interface UpdateReader {
  /** An update of the session. */
  read(update: unknown): void;
  /** Nothing more comes: what is left of a line is told. */
  flush(): void;
  /** What it said when it gave up, although it goes on as if nothing had happened; null: it did not. */
  trouble(): string | null;
}

/** Longer pieces of a line are told as they are. */
const LONGEST_LINE = 4_000;
/** Calls of tools that are remembered. */
const MOST_CALLS = 1_000;

interface Call {
  name: string;
  told: boolean;
  /** What it would change; told when it did. */
  readonly edits: Set<string>;
}

export function updateReader(meter: UsageMeter, tell: (activity: AgentActivity) => void): UpdateReader {
  let line = '';
  let troubled = false;
  let lastText = '';
  const calls = new Map<string, Call>();

  function flush(): void {
    if (line.trim() !== '') {
      lastText = line.trim();
      tell({ kind: 'text', text: line.trimEnd() });
    }
    line = '';
  }

  function say(text: string): void {
    line += text;
    const end = line.lastIndexOf('\n');
    if (end === -1 && line.length < LONGEST_LINE) return;
    const whole = end === -1 ? line : line.slice(0, end);
    const rest = end === -1 ? '' : line.slice(end + 1);
    line = whole;
    flush();
    line = rest;
  }

  function call(update: unknown): void {
    const id = textAt(update, 'toolCallId');
    const known = calls.get(id) ?? { name: '', told: false, edits: new Set() };
    calls.delete(id);
    calls.set(id, known);
    if (calls.size > MOST_CALLS) calls.delete(calls.keys().next().value!);
    const title = textAt(update, 'title');
    if (known.name === '') known.name = firstText(update, ['name', 'kind']);
    const status = textAt(update, 'status');
    // While a call is pending its input is often not complete yet.
    const detail = inputOf(update) || (status === 'pending' ? '' : aboutOf(update, known.name, title));
    if (!known.told && (detail !== '' || /^(?:completed|failed)$/.test(status))) {
      known.told = true;
      tell({ kind: 'tool', name: known.name || 'tool', detail });
    }
    for (const path of editedPaths(update, known.name)) if (known.edits.size < 100) known.edits.add(path);
    if (status !== 'completed') return;
    for (const path of known.edits) tell({ kind: 'edit', path });
    known.edits.clear();
  }

  /** codex-acp puts errors of its model's server here, and ends its turn like any other. */
  function information(update: unknown): void {
    const said = fieldAt(update, '_meta', 'codex');
    const status = textAt(said, 'threadStatus', 'type');
    if (status !== '') troubled = status === 'systemError';
    const words = [textAt(said, 'error', 'message'), textAt(said, 'error', 'additionalDetails')];
    const detail = words.filter((word) => word !== '').join(': ');
    if (detail !== '') tell({ kind: 'waiting', detail });
  }

  return {
    flush,
    trouble: () => (troubled ? lastText || 'it gave up, and does not say why' : null),
    read: (update) => {
      const kind = textAt(update, 'sessionUpdate');
      if (kind === 'agent_message_chunk') return say(wholeTextAt(update, 'content', 'text'));
      flush();
      switch (kind) {
        case 'tool_call':
        case 'tool_call_update':
          return call(update);
        case 'plan':
          return tellPlan(update, tell);
        case 'session_info_update':
          return information(update);
        case 'notice':
        case 'compaction_update':
          return tellNotice(update, tell);
        case 'usage_update': {
          const usage = meter.update(update);
          if (usage !== null) tell({ kind: 'usage', usage });
        }
      }
    },
  };
}

/** What a tool is called with, in one line; empty: its input does not say. */
export function inputOf(call: unknown): string {
  const input = fieldAt(call, 'rawInput');
  const argv = listAt(input, 'command').filter((word) => typeof word === 'string');
  if (argv.length > 0) return argv.join(' ');
  return firstText(input, ['command', 'cmd', 'filePath', 'file_path', 'path', 'pattern', 'query', 'url']);
}

function aboutOf(call: unknown, name: string, title: string): string {
  const place = textAt(call, 'locations', 0, 'path');
  const titled = title === name ? '' : title;
  return name === 'execute' ? titled || place : place || titled;
}

/** The files that a call shows changes of; where it is an edit, the files that it is about. */
function editedPaths(update: unknown, name: string): string[] {
  const diffs = listAt(update, 'content').filter((one) => textAt(one, 'type') === 'diff');
  const about = /^(?:edit|delete|move)$/.test(textAt(update, 'kind') || name)
    ? listAt(update, 'locations')
    : [];
  return [...diffs, ...about].map((one) => textAt(one, 'path')).filter((path) => path !== '');
}

function tellPlan(update: unknown, tell: (activity: AgentActivity) => void): void {
  const entries = listAt(update, 'entries');
  const done = entries.filter((entry) => textAt(entry, 'status') === 'completed').length;
  const now = entries.find((entry) => textAt(entry, 'status') === 'in_progress');
  if (entries.length === 0) return;
  const doing = now === undefined ? '' : `: ${textAt(now, 'content')}`;
  tell({ kind: 'text', text: `plan: ${done} of ${entries.length} done${doing}` });
}

function tellNotice(update: unknown, tell: (activity: AgentActivity) => void): void {
  const words = [textAt(update, 'title'), textAt(update, 'description'), textAt(update, 'error')];
  const said = words.filter((word) => word !== '').join(': ');
  if (said !== '') tell({ kind: 'text', text: said });
}

import type { AgentActivity } from '../../events.ts';
import { parseUsage } from '../../plan/usage.ts';

/** What an agent did, as an event remembers it; null: it cannot be read. */
export function activityOf(value: unknown): AgentActivity | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Fields;
  const read = READERS[String(fields['kind'])];
  return read === undefined ? null : read(fields);
}

type Fields = Readonly<Record<string, unknown>>;

/** Without a prototype: a kind called `constructor` is unknown, too. */
const READERS: Readonly<Record<string, (fields: Fields) => AgentActivity | null>> = Object.assign(
  Object.create(null),
  {
    tool: ({ name, detail }: Fields) =>
      typeof name === 'string' && typeof detail === 'string' ? { kind: 'tool', name, detail } : null,
    edit: ({ path }: Fields) => (typeof path === 'string' ? { kind: 'edit', path } : null),
    text: ({ text }: Fields) => (typeof text === 'string' ? { kind: 'text', text } : null),
    permission: ({ granted, detail }: Fields) =>
      typeof granted === 'boolean' && typeof detail === 'string'
        ? { kind: 'permission', granted, detail }
        : null,
    waiting: ({ detail }: Fields) => (typeof detail === 'string' ? { kind: 'waiting', detail } : null),
    usage: (fields: Fields) => {
      const usage = parseUsage(fields['usage']);
      return usage === null ? null : { kind: 'usage', usage };
    },
  } satisfies Record<AgentActivity['kind'], (fields: Fields) => AgentActivity | null>,
);

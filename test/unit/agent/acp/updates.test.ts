import { expect, test } from 'vitest';
import { updateReader } from '../../../../src/agent/acp/updates.ts';
import { usageMeter } from '../../../../src/agent/acp/usage.ts';
import type { AgentActivity } from '../../../../src/events.ts';

function read(...updates: unknown[]) {
  const told: AgentActivity[] = [];
  const meter = usageMeter(false);
  meter.begin();
  const reader = updateReader(meter, (activity) => void told.push(activity));
  for (const update of updates) reader.read(update);
  reader.flush();
  return { told, trouble: reader.trouble() };
}

const say = (text: string) => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
const call = (more: object) => ({ sessionUpdate: 'tool_call', toolCallId: 'c', ...more });
const change = (more: object) => ({ sessionUpdate: 'tool_call_update', toolCallId: 'c', ...more });
const texts = (...lines: string[]) => lines.map((text) => ({ kind: 'text', text }));

test('pieces of text become lines, told when they are whole or something else happens', () => {
  expect(read(say('a'), say('b\nc'), say('d\n\n'), say('  \n'), say('e')).told).toEqual(
    texts('ab', 'cd', 'e'),
  );
  expect(
    read(say('a'), call({ kind: 'read', title: 'Read x', status: 'in_progress' }), say('b')).told,
  ).toEqual([...texts('a'), { kind: 'tool', name: 'read', detail: 'Read x' }, ...texts('b')]);
  expect(read(say('x'.repeat(10_000)), say('y')).told).toEqual(texts('x'.repeat(10_000), 'y'));
});

test('opencode: a call is told when its input is there', () => {
  const pending = call({
    title: 'bash',
    kind: 'execute',
    status: 'pending',
    locations: [{ path: '/w' }],
    rawInput: { cwd: '/w' },
  });
  const running = change({
    status: 'in_progress',
    kind: 'execute',
    title: 'npm test',
    rawInput: { command: 'npm test', cwd: '/w' },
  });
  const done = change({ status: 'completed', title: 'npm test', rawOutput: { output: 'ok' } });
  expect(read(pending).told).toEqual([]);
  expect(read(pending, running, running, done).told).toEqual([
    { kind: 'tool', name: 'execute', detail: 'npm test' },
  ]);
});

test('gemini: a call that is only told at its end', () => {
  expect(read(change({ status: 'completed', title: 'ls', kind: 'execute', locations: [] })).told).toEqual([
    { kind: 'tool', name: 'execute', detail: 'ls' },
  ]);
  expect(
    read(call({ status: 'pending', title: '', kind: 'think' }), change({ status: 'failed' })).told,
  ).toEqual([{ kind: 'tool', name: 'think', detail: '' }]);
});

test('edits: of what a call shows changes of, or is about if it edits; each once, when it is done', () => {
  const diff = { type: 'diff', path: '/w/a', oldText: 'x', newText: 'y' };
  const edit = call({
    ...{ kind: 'edit', title: 'Edit', status: 'in_progress', locations: [{ path: '/w/b' }] },
    content: [diff, { type: 'content' }],
  });
  const more = [change({ content: [diff] }), change({ locations: [{ path: '/w/c' }] })];
  const tool = { kind: 'tool', name: 'edit', detail: '/w/b' };
  expect(read(edit, ...more, change({ status: 'failed' })).told).toEqual([tool]);
  expect(read(edit, ...more, change({ status: 'completed' }), change({ status: 'completed' })).told).toEqual([
    tool,
    ...['/w/a', '/w/b', '/w/c'].map((path) => ({ kind: 'edit', path })),
  ]);
  expect(
    read(call({ kind: 'read', status: 'completed', title: 'R', locations: [{ path: '/w/b' }] })).told,
  ).toEqual([{ kind: 'tool', name: 'read', detail: '/w/b' }]);
});

test('commands as lists, names of tools, plans, notices', () => {
  expect(
    read(call({ name: 'shell', title: 'x', rawInput: { command: ['bash', '-lc', 'ls'] } })).told,
  ).toEqual([{ kind: 'tool', name: 'shell', detail: 'bash -lc ls' }]);
  const entry = (content: string, status: string) => ({ content, status, priority: 'low' });
  const plan = {
    sessionUpdate: 'plan',
    entries: [entry('a', 'completed'), entry('b', 'in_progress'), entry('c', 'pending')],
  };
  expect(read(plan).told).toEqual(texts('plan: 1 of 3 done: b'));
  expect(read({ ...plan, entries: [entry('a', 'completed')] }, { ...plan, entries: [] }).told).toEqual(
    texts('plan: 1 of 1 done'),
  );
  expect(
    read({ sessionUpdate: 'notice', severity: 'warning', title: 'Slow', description: 'very' }).told,
  ).toEqual(texts('Slow: very'));
});

test('usage is passed on where it says something', () => {
  const usage = { sessionUpdate: 'usage_update', used: 10, size: 100, cost: { amount: 1, currency: 'USD' } };
  expect(read(usage, { ...usage, used: 'x', cost: null }).told).toEqual([
    { kind: 'usage', usage: { input: 10, cached: 0, output: 0, usd: 1 } },
    { kind: 'usage', usage: { input: 10, cached: 0, output: 0, usd: 1 } },
  ]);
});

test('codex-acp: what it waits for, and that it gave up although it ends like any other turn', () => {
  const codex = (more: object) => ({ sessionUpdate: 'session_info_update', _meta: { codex: more } });
  const retry = codex({
    error: { message: 'Reconnecting... 3/5', additionalDetails: 'last status: 429', willRetry: true },
  });
  const gaveUp = codex({ threadStatus: { type: 'systemError' } });
  const words = say('exceeded retry limit, last status: 429\n\n');
  expect(read(retry).told).toEqual([{ kind: 'waiting', detail: 'Reconnecting... 3/5: last status: 429' }]);
  expect(read(retry, gaveUp, words).trouble).toBe('exceeded retry limit, last status: 429');
  expect(read(gaveUp).trouble).toBe('it gave up, and does not say why');
  expect(read(gaveUp, codex({ threadStatus: { type: 'active' } }), words).trouble).toBe(null);
  expect(read(words, { sessionUpdate: 'session_info_update', title: 'x' }).trouble).toBe(null);
});

test('what is not known, or is nonsense, is nothing', () => {
  const odd = [
    null,
    7,
    'x',
    [],
    {},
    { sessionUpdate: 'agent_thought_chunk', content: { text: 'hm' } },
    { sessionUpdate: 'new' },
  ];
  const broken = [
    say(7 as never),
    { sessionUpdate: 'plan' },
    { sessionUpdate: 'tool_call' },
    call({ locations: 7, content: 'x', rawInput: null }),
  ];
  expect(read(...odd, ...broken).told).toEqual([]);
});

test('of endless calls only the newest are remembered', () => {
  const calls = Array.from({ length: 5_000 }, (_, n) =>
    call({ toolCallId: `${n}`, kind: 'read', title: `${n}` }),
  );
  expect(read(...calls, call({ toolCallId: '4999', kind: 'read', title: '4999' })).told).toHaveLength(5_000);
  expect(read(...calls, call({ toolCallId: '0', kind: 'read', title: '0' })).told).toHaveLength(5_001);
});

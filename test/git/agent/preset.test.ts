import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AgentTurn } from '../../../src/agent/agent.ts';
import { agentFor } from '../../../src/agent/agent-for.ts';
import type { PresetName } from '../../../src/config.ts';
import type { AgentActivity } from '../../../src/events.ts';
import { type FakeClient, fakeClient } from '../../support/fake-client.ts';
import { sandbox } from '../../support/repo.ts';
import { turnIn, until } from './fixture.ts';

const CLAUDE = { kind: 'preset', preset: 'claude', args: [] } as const;

/** An agent of that preset, with a client on PATH that imitates it. */
async function presetIn(preset: PresetName, changes: Partial<AgentTurn> = {}, args: readonly string[] = []) {
  const box = sandbox();
  const client = fakeClient(join(box.folder, 'desk'), preset);
  box.env['PATH'] = `${client.bin}:${box.env['PATH']}`;
  const activities: AgentActivity[] = [];
  const onActivity = (activity: AgentActivity) => void activities.push(activity);
  const made = turnIn({ onActivity, ...changes }, box);
  const agent = await agentFor(made.system, 'mine', { kind: 'preset', preset, args });
  return { ...made, agent, client, activities };
}

/** A program of that name instead of the client. */
function replaceClient(client: FakeClient, name: string, text: string): void {
  writeFileSync(join(client.bin, name), text);
  chmodSync(join(client.bin, name), 0o755);
}

test.each(['claude', 'codex'] as const)('%s: a turn, and another one in the same session', async (preset) => {
  const { agent, client, turn, worktree, runs, activities } = await presetIn(preset, {}, ['--model', 'm']);
  client.script({
    ...{ sample: 'done', write: { 'src/greet.txt': 'hello\n' }, result: '---\noutcome: done\n---\n' },
  });
  const first = await agent.turn({ ...turn, prompt: 'Do "it"\0.\n' });
  expect(first).toMatchObject({ kind: 'exited', code: 0, survivors: [], failure: null });
  expect(first.usage).toMatchObject({ cached: 2000, output: 126 });
  expect(client.prompt(1)).toBe('Do "it".\n');
  expect(readFileSync(join(worktree, 'src/greet.txt'), 'utf8')).toBe('hello\n');
  expect(readFileSync(turn.resultFile, 'utf8')).toContain('outcome: done');
  expect(activities).toContainEqual({ kind: 'edit', path: 'src/greet.txt' });
  expect(activities.at(-1)).toEqual({ kind: 'usage', usage: first.usage });
  // The log has what the client said, as it said it.
  const log = readFileSync(turn.outputFile, 'utf8');
  expect(log).toContain('All done.');
  expect(log).toContain(first.session!);

  const outputFile = join(runs, 'agent-2.log');
  await agent.turn({ ...turn, outputFile, session: first.session, prompt: 'Again.' });
  expect(client.argv(1)).not.toContain(first.session);
  expect(client.argv(2)).toContain(first.session);
  for (const n of [1, 2]) expect(client.argv(n).join(' ')).toContain('--model m');
  expect(client.prompt(2)).toBe('Again.');
});

test('a client that counts its whole session: each turn has its own usage', async () => {
  const { agent, client, turn, activities } = await presetIn('codex');
  client.script({ sample: 'done' });
  const first = await agent.turn(turn);
  expect(first.usage).toEqual({ input: 4006, cached: 2000, output: 126, usd: null });
  // The same numbers again: the second turn used nothing more.
  const second = await agent.turn({ ...turn, session: first.session });
  expect(second.usage).toEqual({ input: 0, cached: 0, output: 0, usd: null });
  expect(activities.at(-1)).toEqual({ kind: 'usage', usage: second.usage });
  // A new session starts from nothing.
  expect((await agent.turn(turn)).usage).toEqual(first.usage);
});

test('a client that counts each turn is believed as it is', async () => {
  const { agent, client, turn } = await presetIn('claude');
  client.script({ sample: 'done' });
  const first = await agent.turn(turn);
  expect((await agent.turn({ ...turn, session: first.session })).usage).toEqual(first.usage);
});

test('only what is allowed is in its environment, and what its preset needs', async () => {
  const { agent, client, turn } = await presetIn('claude');
  client.script({ sample: 'done' });
  await agent.turn(turn);
  const names = Object.keys(client.environment(1)).filter(
    (name) => !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name),
  );
  expect(names.sort()).toEqual(
    [...Object.keys(turn.env), 'DISABLE_AUTOUPDATER', 'ROTA_PROMPT']
      .filter((n, i, all) => all.indexOf(n) === i)
      .sort(),
  );
  expect(client.environment(1)).not.toHaveProperty('SECRET');
  expect(client.environment(1)).not.toHaveProperty('IS_SANDBOX');
});

test('what it does is told while it works, and what it used counts when it is ended', async () => {
  const stop = new AbortController();
  const { agent, client, turn, activities } = await presetIn('claude', { stop: stop.signal });
  client.script({ sample: 'crash', hang: true });
  const ended = agent.turn(turn);
  await until('it works', () => activities.filter(({ kind }) => kind === 'tool').length === 2);
  stop.abort();
  expect(await ended).toMatchObject({
    ...{ kind: 'interrupted', survivors: [], failure: null },
    ...{ usage: { input: 3041, output: 2 }, session: 'c6270be0-afed-4084-9a22-6cf24447db8e' },
  });
});

test('a limit that ends a client which waits for its model says what it waited for', async () => {
  const timeLimit = 777_777;
  const { client, turn, system, activities } = await presetIn('claude', { timeLimit });
  client.script({ sample: 'waits-500' });
  // The limit is reached when it has said all that it says, however slow the machine is.
  const over = new AbortController();
  const { clock } = system;
  const wait: typeof clock.wait = (ms, signal) =>
    clock.wait(ms, ms === timeLimit ? AbortSignal.any([over.signal, ...(signal ? [signal] : [])]) : signal);
  const agent = await agentFor({ ...system, clock: { ...clock, wait } }, 'mine', CLAUDE);
  const ended = agent.turn(turn);
  await until('it waits', () => activities.filter(({ kind }) => kind === 'waiting').length === 3);
  over.abort();
  expect(await ended).toMatchObject({
    ...{ kind: 'timed-out', survivors: [] },
    failure: { kind: 'outage', message: 'server error (500)' },
  });
});

test.each([
  ['401', { kind: 'exited', code: 1, failure: { kind: 'not-logged-in' } }],
  ['tool-denied', { kind: 'exited', code: 0, failure: { kind: 'tool-denied' } }],
  ['crash', { kind: 'exited', code: null, signal: 'SIGKILL', failure: { kind: 'crashed' } }],
] as const)('%s: the exit and the failure', async (sample, end) => {
  const { agent, client, turn } = await presetIn('claude');
  client.script({ sample });
  expect(await agent.turn(turn)).toMatchObject(end);
});

test('a client that is not there, not executable, not a program', async () => {
  const { agent, client, turn, box } = await presetIn('claude');
  box.env['PATH'] = client.bin;
  rmSync(join(client.bin, 'claude'));
  const env = { ...turn.env, PATH: client.bin };
  const reasonOf = async () => {
    const end = await agent.turn({ ...turn, env });
    return end.kind === 'missing' ? end.reason : end.kind;
  };
  expect(await reasonOf()).toBe('claude was not found on PATH: install it, or change the agent in rota.yaml');
  writeFileSync(join(client.bin, 'claude'), 'x');
  expect(await reasonOf()).toContain('claude is not executable');
});

test('an isolation that does not find the client inside: it is missing, in whatever words', async () => {
  const { agent, client, turn } = await presetIn('codex');
  const say = (words: string) =>
    replaceClient(client, 'codex', `#!/bin/sh\ncat >/dev/null\necho '${words}' >&2\nexit 1\n`);
  for (const words of [
    'bwrap: execvp codex: No such file or directory',
    'Error: crun: executable file `codex` not found in $PATH: No such file or directory',
    'docker: Error response from daemon: exec: "codex": executable file not found in $PATH: unknown.',
  ]) {
    say(words);
    expect(await agent.turn(turn)).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('codex was not found'),
    });
  }
  say('cat: codex: No such file or directory');
  expect(await agent.turn(turn)).toMatchObject({ kind: 'exited', code: 1, failure: { kind: 'crashed' } });
});

test('the isolation decides what is really started', async () => {
  const { agent, client, turn, runs } = await presetIn('claude', {
    wrap: (start) => ({ ...start, argv: ['env', 'WRAPPED=yes', ...start.argv] }),
  });
  client.script({ sample: 'done' });
  await agent.turn(turn);
  expect(client.environment(1)['WRAPPED']).toBe('yes');
  expect(runs).toBeTruthy();
});

test('a session that reads as an option is not one', async () => {
  const { agent, client, turn } = await presetIn('claude');
  replaceClient(
    client,
    'claude',
    `#!/bin/sh\ncat >/dev/null\necho '{"type":"system","session_id":"--dangerously-skip-permissions"}'\n`,
  );
  expect(await agent.turn(turn)).toMatchObject({ session: null });
});

test('50 MB in one line, and a flood of lines: nothing is held, the end is still understood', async () => {
  const { agent, client, turn, activities } = await presetIn('claude');
  const use =
    '{"type":"assistant","message":{"id":"m","content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"true"}}]}}';
  const done =
    '{"type":"result","subtype":"success","is_error":false,"session_id":"s1","usage":{"input_tokens":5,"output_tokens":1},"total_cost_usd":1}';
  const script = [
    `cat >/dev/null`,
    `printf '{"type":"user","x":"'; head -c 50000000 /dev/zero | tr '\\0' x; echo '"}'`,
    `yes '${use}' | head -n 30000`,
    `echo '${done}'`,
  ];
  replaceClient(client, 'claude', `#!/bin/sh\n${script.join('\n')}\n`);
  const end = await agent.turn(turn);
  expect(end).toMatchObject({
    ...{ kind: 'exited', code: 0, session: 's1', failure: null },
    usage: { input: 5, cached: 0, output: 1, usd: 1 },
  });
  expect(activities[0]).toEqual({ kind: 'text', text: 'a line of 50000022 bytes was too long to be read' });
  expect(activities.length).toBeLessThan(10_100);
  expect(activities.at(-1)).toEqual({ kind: 'usage', usage: end.usage });
});

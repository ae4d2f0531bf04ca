import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acpTurn } from './acp-fixture.ts';

test('a turn from initialize to its end: what is said, what is heard, nothing left behind', async () => {
  const { take, turn, heard, activities, system, worktree } = acpTurn({
    turns: [
      [
        { say: 'I look at ' },
        { say: 'the code.\nThen I ' },
        { say: 'write.' },
        {
          update: {
            sessionUpdate: 'tool_call',
            toolCallId: '1',
            title: 'npm test',
            kind: 'execute',
            rawInput: { command: 'npm test' },
          },
        },
        {
          update: {
            sessionUpdate: 'plan',
            entries: [
              { content: 'look', priority: 'high', status: 'completed' },
              { content: 'write', priority: 'low', status: 'in_progress' },
            ],
          },
        },
        { result: '---\noutcome: done\n---\n' },
      ],
    ],
  });
  expect(await take()).toMatchObject({
    kind: 'exited',
    code: 0,
    survivors: [],
    session: null,
    usage: null,
    failure: null,
  });
  expect(heard().slice(0, 3)).toMatchObject([
    {
      initialize: {
        protocolVersion: 1,
        clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
      },
    },
    { new: { cwd: worktree, mcpServers: [] } },
    { prompt: { sessionId: 'session-1', prompt: [{ type: 'text', text: 'Do it.' }] } },
  ]);
  expect(activities).toEqual([
    { kind: 'text', text: 'I look at the code.' },
    { kind: 'text', text: 'Then I write.' },
    { kind: 'tool', name: 'execute', detail: 'npm test' },
    { kind: 'text', text: 'plan: 1 of 2 done: write' },
    { kind: 'edit', path: expect.stringContaining('result.md') },
  ]);
  expect(readFileSync(turn.resultFile, 'utf8')).toContain('outcome: done');
  const log = readFileSync(turn.outputFile, 'utf8');
  expect(log).toMatch(/^> \{"jsonrpc":"2.0".*"method":"initialize"/m);
  expect(log).toMatch(/^\{"jsonrpc":"2.0".*"stopReason":"end_turn"/m);
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeClient } from '../../support/fake-client.ts';
import { sandbox } from '../../support/repo.ts';

const RESULT = '---\noutcome: done\nsummary: it greets\ncommit: {type: feat, subject: greet}\n---\n';
const TEST = `import { test } from 'node:test';\nimport '../src/greet.js';\ntest('greets', () => {});\n`;
const TASK = '---\nid: A90\ntitle: Greet people\npriority: high\norder: -1\nstatus: ready\n---\nSay hello.\n';

/** A project with tests, a client on PATH, and what `rota init --agent` makes of it. */
async function initiated(name: 'claude' | 'codex') {
  const box = sandbox();
  const client = fakeClient(join(box.folder, 'desk'), name);
  box.env['PATH'] = `${client.bin}:${box.env['PATH']}`;
  const repo = box.repo('project', {
    'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
    'src/greet.js': '',
    'test/greet.test.js': TEST,
  });
  const made = await repo.json(['init', '--agent', name, '--commit']);
  expect(made).toMatchObject({ agent: name, committed: true });
  repo.commit('chore: a task', { 'backlog/A90-greet.md': TASK });
  return { repo, client };
}

describe.each(['claude', 'codex'] as const)('rota init --agent %s', (name) => {
  test('makes a configuration with which a run lands', async () => {
    const { repo, client } = await initiated(name);
    expect(repo.read('rota.yaml')).toContain(`agents:\n  ${name}: {preset: ${name}}\n`);
    expect(await repo.rota(['check'])).toMatchObject({ code: 0 });
    client.script({ sample: 'done', write: { 'src/greet.js': 'export const hello = 1;\n' }, result: RESULT });
    const ran = await repo.rota(['run', 'developer', 'A90', '--json']);
    expect({ ...ran, stdout: JSON.parse(ran.stdout) }).toMatchObject({
      code: 0,
      stdout: {
        outcome: 'landed',
        task: 'A90',
        usage: { cached: 2000, output: 126, input: name === 'claude' ? 6086 : 4006 },
      },
    });
    expect(repo.git('show', 'main:src/greet.js')).toBe('export const hello = 1;');
    expect(repo.git('log', '-1', '--format=%(trailers:key=Agent)', 'main')).toContain(
      `Agent: ${name}: ${name}`,
    );
    expect(client.prompt(1)).toContain('Say hello.');
    expect(client.turns()).toBe(1);
  });

  test('a client that is not logged in: failed, in its own words, and no attempt', async () => {
    const { repo, client } = await initiated(name);
    client.script({ sample: '401' });
    const ran = await repo.rota(['run', 'developer', 'A90', '--json']);
    expect(ran.code).toBe(3);
    const words = name === 'claude' ? 'Invalid API key' : 'unexpected status 401';
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining(words),
    });
    const [task] = (await repo.json(['list'])).filter((one: { id: string }) => one.id === 'A90');
    expect(task).toMatchObject({ lock: null, attempts: 0 });
  });
});

import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type Scene, scene, taskFile, taskText } from '../support/scene.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };
const ask = async ({ home }: Scene, ...args: string[]) => {
  const { code, stdout, stderr } = await home.rota(['prompt', ...args]);
  return { code, text: stdout, stderr };
};

/** Every file and ref of the repository, and every byte of the worktree. */
function state({ home }: Scene): string {
  const files = execFileSync(
    'sh',
    [
      '-c',
      'find . -type f -printf "%p %s %T@\\n" | sort; git for-each-ref; git --no-optional-locks status --porcelain',
    ],
    { cwd: home.root },
  );
  return files.toString();
}

describe('rota prompt', () => {
  test('prints to the letter what the agent then gets, and writes nothing', async () => {
    const s = await scene({ files: { 'AGENTS.md': 'Be kind.\n' }, config: { context: '[AGENTS.md]' } });
    s.agent.script('A1', [WORK]);
    const before = state(s);
    const asked = await ask(s, 'A1');
    expect(asked.code).toBe(0);
    expect(state(s)).toBe(before);
    expect(asked.text).toContain('Be kind.');
    expect(asked.stderr).toContain('bytes for mine, as role developer.');
    const end = await s.run();
    expect(end.doc.outcome).toBe('landed');
    expect(asked.text.replaceAll('<run>', end.doc.run)).toBe(s.agent.prompt('A1', 1));
  });

  test('with --turn fix it is what the agent got after the last red gate', async () => {
    const s = await scene({
      role: { fixes: 1 },
      config: { gate: '["echo first; echo \'Error: it is broken\'; test ! -e broken"]' },
    });
    const none = await s.rota(['prompt', 'A1', '--turn', 'fix']);
    expect(none).toMatchObject({
      code: 2,
      doc: { error: { code: 'task', message: 'No red gate of A1 is kept on this machine.' } },
    });
    s.agent.script('A1', [WORK, { write: { broken: 'x\n' } }], [{ exit: 1 }]);
    const end = await s.run();
    expect(end.doc.outcome).not.toBe('landed');
    const { code, doc } = await s.rota(['prompt', 'A1', '--turn', 'fix']);
    expect(code).toBe(0);
    expect(doc).toMatchObject({ task: 'A1', role: 'developer', agent: 'mine', turn: 'fix', leftOut: [] });
    // Since then there is a note of that attempt.
    const told = s.agent.prompt('A1', 2);
    const material = told.slice(told.indexOf('# The last failure'), told.indexOf('# Protocol'));
    expect(material).toContain('Error: it is broken');
    expect(doc.prompt).toContain(material);
    expect(doc.prompt).toContain(told.slice(told.indexOf('# This turn')));
    expect(doc.followUp.startsWith(material)).toBe(true);
    expect(doc.followUp).not.toContain('# Task A1');
    expect(doc.bytes).toBe(Buffer.byteLength(doc.prompt));
    const first = await ask(s, 'A1');
    expect(first.text).toContain('# Earlier attempts');
    expect(first.stderr).toContain('is there: main is merged into it first');
  });

  test('says which role, and what is wrong', async () => {
    const s = await scene({
      tasks: {
        [taskFile('A1')]: taskText('A1', { type: 'docs' }),
        [taskFile('A2')]: taskText('A2', { status: 'nonsense' }),
      },
    });
    const docs = await s.rota(['prompt', 'A1']);
    expect(docs).toMatchObject({
      code: 2,
      doc: {
        error: {
          code: 'usage',
          message: 'No role takes tasks of type docs.',
          hint: 'Name one with --role: developer.',
        },
      },
    });
    expect((await s.rota(['prompt', 'A1', '--role', 'developer'])).code).toBe(0);
    const cases: [string[], string, RegExp][] = [
      [['A1', '--role', 'devloper'], 'usage', /There is no role 'devloper'/],
      [['A2'], 'task', /backlog\/A2-greet\.md:\d+: /],
      [['A9'], 'task', /There is no task A9/],
      [['A1', '--turn', 'second'], 'usage', /--turn second is not known/],
      [['../x'], 'task', /./],
    ];
    for (const [args, code, message] of cases) {
      const said = await s.rota(['prompt', ...args]);
      expect(said.code, args.join(' ')).toBe(2);
      expect(said.doc.error.code, args.join(' ')).toBe(code);
      expect(said.doc.error.message, args.join(' ')).toMatch(message);
    }
  });
});

describe('a prompt that is too long', () => {
  const large = (letter: string, bytes: number) => `${letter.repeat(99)}\n`.repeat(bytes / 100);

  test('loses the last context file first; the prompt, the events and rota prompt say so', async () => {
    const s = await scene({
      files: { 'A.md': large('a', 12_000), 'B.md': large('b', 12_000) },
      config: { context: '[A.md, B.md]', limits: '{prompt: 24KB}' },
    });
    s.agent.script('A1', [WORK]);
    const asked = await ask(s, 'A1');
    const words = 'the context file B.md (12 KB): read it in your folder if you need it';
    expect(asked.stderr).toContain(`Left out, it was too long: ${words}`);
    const end = await s.run();
    expect(end.doc.outcome).toBe('landed');
    const told = s.agent.prompt('A1', 1);
    expect(told).toContain(
      `# Left out\n\nThis prompt would have been too long. Left out of it:\n\n- ${words}\n`,
    );
    expect(told).toContain('aaaa');
    expect(told).not.toContain('bbbb');
    expect(Buffer.byteLength(told)).toBeLessThanOrEqual(24_000);
    expect(end.stderr).toContain(`left out: ${words}`);
    expect(s.home.read(`.git/rota/runs/${end.doc.run}/events.jsonl`)).toContain(words);
  });

  test('of a task that alone is over the limit blocks the task, with the sizes', async () => {
    const s = await scene({
      tasks: { [taskFile('A1')]: `${taskText('A1')}\n${large('z', 30_000)}` },
      role: { limits: '{prompt: 20KB}' },
    });
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'blocked' } });
    expect(end.doc.reason).toMatch(
      /^the prompt would have at least \S+ KB and may have 20 KB .* the task file 30/,
    );
    expect(s.agent.turns('A1')).toBe(0);
    expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
    expect(s.onMain(taskFile('A1'))).toContain('Split the task');
    expect((await s.rota(['prompt', 'A1'])).doc.error).toMatchObject({ code: 'task' });
  });
});

import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AgentTurn } from '../../../src/agent/agent.ts';
import { sandbox } from '../../support/repo.ts';
import { type AcpScript, acpTurn } from './acp-fixture.ts';

const CANARY = 'canary\n';
const onlySrc = (path: string) => path.startsWith('src/') || path.startsWith('new/');

/** A worktree with `src/`, `docs/`, `.git`, links out and in, and a canary outside. `$W` and `$O` in a script are the folders. */
function prepared(
  turn: (worktree: string, outside: string) => AcpScript[],
  changes: Partial<AgentTurn> = {},
) {
  const box = sandbox();
  const worktree = join(box.folder, 'worktree');
  const outside = join(box.folder, 'outside');
  for (const folder of ['src', 'docs', '.git']) mkdirSync(join(worktree, folder), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'canary'), CANARY);
  writeFileSync(join(worktree, 'src/a.txt'), 'one\ntwo\nthree\nfour\n');
  writeFileSync(join(worktree, 'docs/a.txt'), 'docs\n');
  writeFileSync(join(worktree, '.git/config'), 'git\n');
  symlinkSync(outside, join(worktree, 'src/out'));
  symlinkSync(join(outside, 'canary'), join(worktree, 'src/canary'));
  symlinkSync(join(outside, 'new-file'), join(worktree, 'src/dangling'));
  symlinkSync('../docs', join(worktree, 'src/docs'));
  symlinkSync('a.txt', join(worktree, 'src/same'));
  symlinkSync('../.git', join(worktree, 'src/git'));
  linkSync(join(outside, 'canary'), join(worktree, 'src/hard'));
  const steps = turn(worktree, outside);
  return { ...acpTurn({ turns: [steps] }, { mayEdit: onlySrc, ...changes }, box), outside };
}

const kinds = (answers: readonly { refused?: { code: number } }[]) =>
  answers.map(({ refused }) =>
    refused === undefined ? 'ok' : refused.code === -32002 ? 'missing' : 'refused',
  );

test('reads in its folder, line by line if it likes; nothing outside, whatever links say', async () => {
  const { take, answers, turn } = prepared((worktree, outside) =>
    [
      ...[{ path: 'src/a.txt' }, { path: 'src/a.txt', line: 2 }, { path: 'src/a.txt', line: 2, limit: 2 }],
      ...[
        { path: 'src/a.txt', limit: 1 },
        { path: 'src/a.txt', line: 99 },
        { path: 'src/a.txt', line: 0, limit: 0 },
      ],
      ...[
        { path: 'src/same' },
        { path: 'src/docs/a.txt' },
        { path: 'src/../docs/a.txt' },
        { path: 'src/hard' },
      ],
      ...[{ path: 'src/none' }, { path: 'none/none' }, { path: 'src' }, { path: 'src/a.txt/x' }],
      ...[
        { path: 'src/canary' },
        { path: 'src/out/canary' },
        { path: '../outside/canary' },
        { path: 'src/dangling' },
      ],
      ...[{ path: '.git/config' }, { path: 'src/git/config' }, { path: '.GIT/config' }, { path: 'src/x\0y' }],
    ]
      .map((read): AcpScript => ({ read: { ...read, path: join(worktree, read.path) } }))
      .concat([
        { read: { path: join(outside, 'canary') } },
        { read: { path: '/etc/passwd' } },
        { read: { path: '/' } },
      ]),
  );
  await take();
  const read = answers('fs/read_text_file');
  expect(read.slice(0, 10).map(({ content }) => content)).toEqual([
    ...['one\ntwo\nthree\nfour\n', 'two\nthree\nfour\n', 'two\nthree', 'one', '', ''],
    ...['one\ntwo\nthree\nfour\n', 'docs\n', 'docs\n', CANARY],
  ]);
  expect(kinds(read.slice(10, 14))).toEqual(['missing', 'missing', 'refused', 'refused']);
  expect(kinds(read.slice(14))).toEqual(Array(11).fill('refused'));
  // What it read is not in the log of the run.
  expect(readFileSync(turn.outputFile, 'utf8')).not.toContain('canary\\n');
  expect(readFileSync(turn.outputFile, 'utf8')).toContain('"content":"[7 characters]"');
  expect(JSON.stringify(read.slice(14))).not.toMatch(/canary\\n|git\\n|root:/);
});

test('writes what its role may edit, and its result; nothing else, and it is told why', async () => {
  const { take, answers, turn, worktree, outside, activities } = prepared((folder) =>
    [
      ...['src/a.txt', 'src/b.txt', 'new/deep/er/c.txt', 'src/same', 'src/hard'],
      ...['docs/a.txt', 'src/docs/a.txt', 'docs/../README.md', 'src/../docs/b.txt'],
      ...[
        '.git/config',
        'src/git/config',
        'src/.git/hooks/x',
        'src/Git~1/x',
        'src/out/canary',
        'src/canary',
        'src/dangling',
      ],
      ...['../outside/canary', '../../x', 'src', '', 'src/out/made/x'],
    ]
      .map((path): AcpScript => ({ write: { path: join(folder, path), content: `wrote ${path}\n` } }))
      .concat([{ write: { path: '/etc/rota-test', content: 'x' } }, { result: 'outcome\n' }]),
  );
  const end = await take();
  const wrote = answers('fs/write_text_file');
  expect(kinds(wrote)).toEqual([...Array(5).fill('ok'), ...Array(17).fill('refused'), 'ok']);
  expect(readFileSync(join(worktree, 'src/a.txt'), 'utf8')).toBe('wrote src/same\n');
  expect(readFileSync(join(worktree, 'new/deep/er/c.txt'), 'utf8')).toBe('wrote new/deep/er/c.txt\n');
  // Another name of a file outside: its content there stays.
  expect(readFileSync(join(worktree, 'src/hard'), 'utf8')).toBe('wrote src/hard\n');
  expect(readdirSync(outside)).toEqual(['canary']);
  expect(readFileSync(join(outside, 'canary'), 'utf8')).toBe(CANARY);
  expect(readFileSync(join(worktree, 'docs/a.txt'), 'utf8')).toBe('docs\n');
  expect(readFileSync(join(worktree, '.git/config'), 'utf8')).toBe('git\n');
  expect(readdirSync(join(worktree, '.git'))).toEqual(['config']);
  expect(existsSync('/etc/rota-test')).toBe(false);
  expect(readFileSync(turn.resultFile, 'utf8')).toBe('outcome\n');
  expect(wrote[5].refused.message).toBe(
    `write refused: ${join(worktree, 'docs/a.txt')}: the role's contract does not let it change that (may-edit)`,
  );
  expect(wrote[9].refused.message).toContain("that is git's own");
  expect(wrote[13].refused.message).toContain('that is outside the folder of this run');
  const denials = activities.filter((one) => one.kind === 'permission');
  expect(denials).toHaveLength(17);
  expect(denials.every(({ granted }) => !granted)).toBe(true);
  expect(end).toMatchObject({ kind: 'exited', code: 0, failure: { kind: 'tool-denied' } });
  expect(end.failure?.message).toMatch(
    /^rota did not permit 17 things: write docs\/a\.txt: the role's contract does not let it change that \(may-edit\); write /,
  );
});

test('a mode of a file that is written stays, a pipe in its place is no file, too much is too much', async () => {
  const { take, answers, worktree } = prepared((folder) => [
    { sh: 'chmod 755 src/a.txt; mkfifo src/pipe; head -c 9000000 /dev/zero > src/big' },
    { write: { path: join(folder, 'src/a.txt'), content: 'x' } },
    { write: { path: join(folder, 'src/pipe'), content: 'x' } },
    { read: { path: join(folder, 'src/pipe') } },
    { read: { path: join(folder, 'src/big') } },
    { file: { path: 'nothing', text: '' } },
    { ask: { method: 'fs/write_text_file', path: join(folder, 'src/huge'), content: 'x'.repeat(8_400_000) } },
  ]);
  await take();
  expect(statSync(join(worktree, 'src/a.txt')).mode & 0o777).toBe(0o755);
  expect(kinds(answers('fs/write_text_file'))).toEqual(['ok', 'refused', 'refused']);
  expect(answers('fs/write_text_file')[2].refused.message).toContain('it has more than 8 MiB');
  expect(answers('fs/read_text_file').map(({ refused }) => refused.message)).toEqual([
    expect.stringContaining('that is no plain file'),
    expect.stringContaining('it has more than 8 MiB'),
  ]);
  expect(existsSync(join(worktree, 'src/huge'))).toBe(false);
});

test('permissions are answered from the contract: allowed once, rejected once, and both are told', async () => {
  const { take, answers, activities } = prepared((folder, outside) => [
    { permission: { kind: 'edit', locations: [{ path: join(folder, 'src/a.txt') }] } },
    {
      permission: {
        kind: 'edit',
        content: [{ type: 'diff', path: join(folder, 'docs/a.txt'), newText: 'x' }],
      },
    },
    { permission: { kind: 'edit', rawInput: { filePath: join(folder, 'src/out/canary') } } },
    { permission: { kind: 'edit', title: 'Edit something' } },
    { permission: { kind: 'execute', rawInput: { command: 'npm test' } } },
    { permission: { kind: 'execute', title: 'git push origin HEAD:main' } },
    { permission: { kind: 'execute', rawInput: { command: ['bash', '-lc', 'git push'] } } },
    { permission: { kind: 'read', locations: [{ path: join(outside, 'canary') }] } },
    {
      permission: {
        kind: 'edit',
        locations: [{ path: 'src/a.txt' }],
        options: ['allow_always', 'reject_always'],
      },
    },
    { permission: { kind: 'edit', locations: [{ path: 'src/a.txt' }], options: ['reject_once'] } },
    { permission: { kind: 'edit', locations: [{ path: 'docs/a.txt' }], options: ['allow_once'] } },
    { permission: { title: 'no kind at all' } },
  ]);
  const end = await take();
  expect(
    answers('session/request_permission').map(({ outcome }) => outcome.optionId ?? outcome.outcome),
  ).toEqual([
    ...[
      'id-allow_once',
      'id-reject_once',
      'id-reject_once',
      'id-reject_once',
      'id-allow_once',
      'id-reject_once',
    ],
    ...['id-reject_once', 'id-reject_once', 'id-allow_always', 'cancelled', 'cancelled', 'id-allow_once'],
  ]);
  const told = activities.filter((one) => one.kind === 'permission');
  expect(told.map(({ granted }) => granted)).toEqual([
    ...[true, false, false, false, true, false, false, false, true, true, false, true],
  ]);
  expect(told[5]?.detail).toBe('execute git push origin HEAD:main (`git push`: the protocol rules it out)');
  expect(end.failure).toMatchObject({ kind: 'tool-denied' });
});

test('commands in terminals: a line for a shell or a program with arguments, in its folder, isolated like the agent', async () => {
  const { take, answers, worktree, turn } = prepared(
    (folder) => [
      { terminal: { command: 'echo "$ROTA_TASK $BOXED"; pwd; exit 3' } },
      {
        terminal: {
          command: 'sh',
          args: ['-c', 'echo "[$1]"; pwd', 'x', '; exit 9'],
          cwd: join(folder, 'src'),
        },
      },
      { terminal: { command: 'printenv', args: ['MINE'], env: [{ name: 'MINE', value: 'a b' }] } },
      { terminal: { command: 'kill -9 $$' } },
      { terminal: { command: 'no-such-program-of-rota', args: ['x'] } },
      { terminal: { command: 'printf "%s" äöü 123456789', outputByteLimit: 12 } },
      { terminal: { command: 'echo out; echo err >&2' } },
      { terminal: { command: 'pwd', cwd: 'src' } },
    ],
    { wrap: (start) => ({ ...start, env: { ...start.env, BOXED: 'yes' } }) },
  );
  await take();
  const exits = answers('terminal/wait_for_exit');
  expect(exits.map(({ exitCode, signal }) => signal ?? exitCode)).toEqual([3, 0, 0, 'SIGKILL', 127, 0, 0, 0]);
  const outputs = answers('terminal/output').map(({ output }) => output);
  expect(outputs.slice(0, 3)).toEqual([`A1 yes\n${worktree}\n`, `[; exit 9]\n${worktree}/src\n`, 'a b\n']);
  expect(outputs[4]).toBe('no-such-program-of-rota: ENOENT\n');
  // From the start of a character on.
  expect(answers('terminal/output')[5]).toMatchObject({
    output: 'ü123456789',
    truncated: true,
    exitStatus: { exitCode: 0 },
  });
  expect(outputs[6].split('\n').sort()).toEqual(['', 'err', 'out']);
  expect(outputs[7]).toBe(`${worktree}/src\n`);
  expect(turn.worktree).toBe(worktree);
});

test('no terminal outside, for what the protocol rules out, or with what rota decides itself', async () => {
  const { take, answers, outside, activities } = prepared((folder, out) => [
    { start: { command: 'touch x', cwd: out } },
    { start: { command: 'touch x', cwd: join(folder, 'src/out') } },
    { start: { command: 'touch x', cwd: join(folder, '.git') } },
    { start: { command: 'git push' } },
    { start: { command: 'git', args: ['push'] } },
    { start: { command: 'true', env: [{ name: 'ROTA_RUN', value: 'x' }] } },
    { start: { command: 'true', env: [{ name: 'GIT_DIR', value: 'x' }] } },
    { start: { command: 'true', env: [{ name: 'a=b', value: 'x' }] } },
    { start: { command: 'tr\0ue' } },
    ...['output', 'wait_for_exit', 'kill', 'release'].map((verb) => ({
      ask: { method: `terminal/${verb}`, terminalId: 'terminal-99' },
    })),
  ]);
  await take();
  expect(kinds(answers('terminal/create'))).toEqual(Array(9).fill('refused'));
  for (const verb of ['output', 'wait_for_exit', 'kill', 'release'])
    expect(answers(`terminal/${verb}`)).toMatchObject([
      { refused: { code: -32002, message: 'there is no such terminal' } },
    ]);
  expect(readdirSync(outside)).toEqual(['canary']);
  expect(activities.filter((one) => one.kind === 'permission')).toHaveLength(5);
});

test('a terminal is killed, read and released; at most 32 at once', async () => {
  const { take, answers, system, turn } = prepared(() => [
    { ask: { method: 'terminal/create', command: 'echo up; exec sleep 1000' } },
    { ask: { method: 'terminal/kill', terminalId: 'terminal-1' } },
    { ask: { method: 'terminal/wait_for_exit', terminalId: 'terminal-1' } },
    { ask: { method: 'terminal/release', terminalId: 'terminal-1' } },
    { ask: { method: 'terminal/output', terminalId: 'terminal-1' } },
    { many: { count: 40, method: 'terminal/create', command: 'exec sleep 1000' } },
  ]);
  await take();
  expect(answers('terminal/kill')).toEqual([{}]);
  expect(['SIGTERM', 'SIGKILL']).toContain(answers('terminal/wait_for_exit')[0].signal);
  expect(kinds(answers('terminal/output'))).toEqual(['missing']);
  const made = kinds(answers('terminal/create'));
  expect(made.filter((kind) => kind === 'ok')).toHaveLength(33);
  expect(made.filter((kind) => kind === 'refused')).toHaveLength(8);
  expect(await system.processTable.ofRun(turn.run)).toEqual([]);
});

test('what is asked wrongly, or is not there to be asked', async () => {
  const { take, answers } = prepared(() => [
    { ask: { method: 'no/such_method' } },
    { ask: { method: 'fs/read_text_file' } },
    { ask: { method: 'fs/write_text_file', path: 7, content: null } },
    { ask: { method: 'session/request_permission', options: 'yes' } },
    {
      ask: {
        method: 'elicitation/create',
        mode: 'form',
        message: 'Which?',
        requestedSchema: { type: 'object' },
      },
    },
  ]);
  expect(await take()).toMatchObject({ kind: 'exited', code: 0, failure: null });
  const codes = [
    'no/such_method',
    'fs/read_text_file',
    'fs/write_text_file',
    'session/request_permission',
    'elicitation/create',
  ].map((method) => answers(method).map(({ refused }) => refused.code));
  expect(codes).toEqual([[-32601], [-32602], [-32602], [-32602], [-32601]]);
});

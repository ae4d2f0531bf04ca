import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../agent/fixture.ts';
import { gateRig } from './fixture.ts';

const contract = {
  severity: 'held',
  path: 'x',
  rule: 'outside-may-edit',
  message: 'modified x: outside',
} as const;

test('green: every command ran on the tree of the candidate, in a folder outside every checkout', async () => {
  const { judge, runFolder, events, repo, repository } = await gateRig();
  repo.write('README.md', 'not committed');
  const report = await judge(['pwd; cat README.md', ['ls', '-A']]);
  expect(report).toMatchObject({ verdict: 'green', failure: null });
  expect(report.checks.map(({ name, passed }) => [name, passed])).toEqual([
    ['contract', true],
    ['backlog', true],
    ['pwd; cat README.md', true],
    ['ls -A', true],
  ]);
  expect(report.evidence).toMatch(/^green; pwd; cat README.md passed in \d+\.\ds; ls -A passed in \d+\.\ds$/);
  expect(readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8')).toBe(
    `${repository.cacheDir}/gate/1\n# hello\n`,
  );
  expect(readFileSync(join(runFolder, 'gate-1-2.log'), 'utf8')).toBe('.git\nREADME.md\n');
  expect(events.map(({ type }) => type)).toEqual(['gate', 'gate', 'gate', 'gate']);
});

test('gate: none is green and says so', async () => {
  const { judge } = await gateRig();
  expect(await judge('none')).toMatchObject({ verdict: 'green', evidence: 'none' });
});

test('what the contract and the backlog found comes first, and no command runs then', async () => {
  const { judge, runFolder } = await gateRig();
  const problem = { file: 'backlog/A1.md', line: 3, rule: 'r', message: 'unknown\u001b[2J dependency' };
  expect(await judge(['true'], { contract: [contract], backlogProblems: [problem] })).toMatchObject({
    verdict: 'held',
    failure: expect.stringContaining('- modified x: outside'),
  });
  const refused = { ...contract, severity: 'refused' } as const;
  expect(await judge(['true'], { contract: [contract, refused] })).toMatchObject({ verdict: 'refused' });
  const red = await judge(['true'], { backlogProblems: [problem] });
  expect(red).toMatchObject({
    verdict: 'red',
    failure: 'The gate found new problems in the backlog:\n- backlog/A1.md:3 unknown dependency',
    evidence: 'red; backlog failed, backlog/A1.md:3 unknown dependency',
  });
  expect(existsSync(join(runFolder, 'gate-1-1.log'))).toBe(false);
});

test('red: the first command that fails is the last; its end is told without control characters', async () => {
  const { judge, runFolder } = await gateRig();
  const report = await judge([
    'true',
    'seq 1 500; printf "\\033[31mboom\\033[0m\\n" >&2; exit 7',
    'touch never',
  ]);
  expect(report.verdict).toBe('red');
  expect(report.checks.at(-1)).toMatchObject({ passed: false, detail: 'exit 7', tests: null });
  const lines = report.failure!.split('\n');
  expect(lines[0]).toMatch(/^The gate command failed: seq 1 500/);
  expect(lines[1]).toBe('How: exit 7');
  expect(lines.slice(lines.indexOf('The end of its output:') + 1)).toHaveLength(100);
  expect(lines.at(-1)).toBe('boom');
  expect(existsSync(join(runFolder, 'gate-1-3.log'))).toBe(false);
});

test('time limit, missing programs, signals: red, with the reason', async () => {
  const { judge } = await gateRig();
  const detail = async (command: Parameters<typeof judge>[0]) => (await judge(command)).checks.at(-1)?.detail;
  expect(await detail([{ run: ['sleep', '1000'], timeLimit: 200, env: [] }])).toBe(
    'took longer than its limit of 0.2 s',
  );
  expect(await detail([['no-such-program']])).toBe('exit 127: no-such-program was not found');
  expect(await detail(['no-such-program'])).toBe('exit 127: a program was not found');
  expect(await detail([['./README.md']])).toBe('exit 126: ./README.md is not executable');
  expect(await detail(['kill -9 $$'])).toBe('ended by SIGKILL');
});

test('the environment: nothing that is meant for agents, nothing of git, what the command names', async () => {
  const { judge, runFolder, system, box } = await gateRig();
  const variables = {
    ...box.env,
    ANTHROPIC_API_KEY: 'k',
    DATABASE: 'd',
    GIT_DIR: '/x',
    ROTA_RUN: 'OUTER',
    ROTA_TASK: 'A9',
  };
  const run = 'RUN';
  const seen = async (env: string[]) => {
    await judge([{ run: ['env'], timeLimit: 9_000, env }], {
      run,
      system: { ...system, environment: { ...system.environment, variables } },
    });
    const text = readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8').trimEnd();
    return text
      .split('\n')
      .map((line) => line.split('=')[0])
      .sort();
  };
  const base = ['HOME', 'LANG', 'PATH', 'ROTA_RUN', 'TMPDIR', 'USER'];
  expect(await seen([])).toEqual(base);
  expect(readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8')).toContain('ROTA_RUN=OUTER:RUN\n');
  expect(await seen(['DATABASE', 'GIT_DIR', 'NOT_SET'])).toEqual(['DATABASE', ...base]);
});

test('a dependency that only the home checkout has is missing in the gate', async () => {
  const { judge, repo } = await gateRig({
    '.gitignore': 'node_modules\n',
    'a.cjs': 'require("only-here")\n',
  });
  repo.write('node_modules/only-here/index.js', '');
  const report = await judge(['node a.cjs']);
  expect(report.verdict).toBe('red');
  expect(report.failure).toContain("Cannot find module 'only-here'");
});

test('a server that a command leaves behind is dead before the next command', async () => {
  const { judge } = await gateRig();
  const leave = "setsid sh -c 'echo $$ > pid; exec sleep 1000' & until [ -s pid ]; do :; done";
  const look = 'for p in $(cat pid); do grep -q "^State:.[^Z]" /proc/$p/status && exit 1; done; exit 0';
  expect(await judge([leave, look])).toMatchObject({ verdict: 'green' });
});

test('interrupted: nothing is known, nothing is left, and the folder is free again', async () => {
  const { judge, repository, system } = await gateRig();
  const stop = new AbortController();
  const judging = judge(['touch here; sleep 1000'], { stop: stop.signal, run: 'STOPPED' });
  await until('the command runs', () => existsSync(join(repository.cacheDir, 'gate/1/here')));
  stop.abort();
  expect(await judging).toMatchObject({ verdict: 'interrupted', failure: null });
  expect(await system.processTable.ofRun('STOPPED')).toEqual([]);
  expect(await judge(['true'], { stop: stop.signal })).toMatchObject({ verdict: 'interrupted' });
  expect(await judge(['pwd | grep gate/1$'])).toMatchObject({ verdict: 'green' });
});

test('two gates at once have two folders', async () => {
  const { judge, box } = await gateRig();
  const meet = (own: string, other: string) =>
    `touch "$HOME/${own}"; until [ -e "$HOME/${other}" ]; do :; done; pwd >> "$HOME/folders"`;
  const reports = await Promise.all([judge([meet('a', 'b')]), judge([meet('b', 'a')], { turn: 2 })]);
  expect(reports.map(({ verdict }) => verdict)).toEqual(['green', 'green']);
  const folders = readFileSync(join(box.env['HOME']!, 'folders'), 'utf8').trim().split('\n');
  expect(new Set(folders).size).toBe(2);
});

test('each gate starts clean: what the last one left, read-only folders too, is gone', async () => {
  const { judge, repository } = await gateRig({ 'a.txt': 'a\n' });
  const mess =
    'mkdir -p ro/in; touch ro/in/file; chmod 555 ro/in ro .; echo b > a.txt; rm -rf .git/refs; true';
  expect(await judge([mess])).toMatchObject({ verdict: 'green' });
  expect(
    await judge([
      'test "$(ls -A | tr "\\n" " ")" = ".git a.txt " && test "$(cat a.txt)" = a && git status --porcelain',
    ]),
  ).toMatchObject({ verdict: 'green' });
  expect(existsSync(join(repository.cacheDir, 'gate/old/1'))).toBe(false);
});

test('a cache folder inside the checkout is refused', async () => {
  const { judge, repo, repository } = await gateRig();
  const inside = { ...repository, cacheDir: join(repo.root, 'cache') };
  await expect(judge(['true'], { repository: inside })).rejects.toThrow(/inside the checkout/);
});

test('a folder whose holder died is taken again; one of a live or unknown holder is not', async () => {
  const { judge, repository, system } = await gateRig();
  const base = join(repository.cacheDir, 'gate/holders');
  const { id, boot, started, pid } = system.machine;
  const namespace = system.machine.pidNamespace.replace(/[^0-9a-z]/g, '');
  const hold = (n: number, ...name: (string | number)[]) => {
    mkdirSync(join(base, String(n)), { recursive: true });
    writeFileSync(join(base, String(n), name.join('_')), '');
  };
  hold(1, id, namespace, boot, pid, started, 'live');
  hold(2, 'other-machine', namespace, boot, 1, '1', 'elsewhere');
  hold(3, id, 'otherNamespace', boot, 1, '1', 'elsewhere');
  hold(4, id, namespace, boot, pid, '1', 'dead: its number is ours now');
  hold(4, id, namespace, 'other-boot', pid, started, 'dead');
  expect(await judge(['pwd | grep gate/4$'])).toMatchObject({ verdict: 'green' });
  expect(existsSync(join(dirname(base), '4'))).toBe(true);
});

test('a machine that can start no process is no answer about the work', async () => {
  const { judge, system } = await gateRig();
  const refused = { code: null, signal: null, spawnError: 'EAGAIN' };
  const processes = {
    ...system.processes,
    start: () => ({
      pid: null,
      input: null,
      ended: Promise.resolve(refused),
      outputEnded: Promise.resolve(),
    }),
  };
  const judged = judge(['true'], { system: { ...system, processes } });
  await expect(judged).rejects.toMatchObject({
    code: 'files',
    message: 'true could not be started (EAGAIN).',
  });
});

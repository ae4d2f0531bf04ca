import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { expectSound, isRunning, landings } from '../../support/aftermath.ts';
import { processesOf } from '../../support/scene.ts';
import { hostileScene } from './canary.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };
/** The worker is the parent of the agent, which is the parent of this shell. */
const KILL_WORKER = `kill -9 $(awk '{print $4}' /proc/$PPID/stat)`;

test('it kills its worker: the next sweep ends it, keeps its work and frees the task', async () => {
  const s = await hostileScene();
  s.agent.script('A1', [WORK, { sh: KILL_WORKER }, { pause: 'forever' }], [WORK]);
  const started = s.home.start(['run', 'developer', 'A1']);
  await s.agent.reached('forever');
  expect((await started.ended).code).toBe(null);
  const { run } = s.record('A1').lock;
  expect(processesOf(run)).not.toEqual([]);
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { freed: [{ task: 'A1' }] } });
  expect(processesOf(run)).toEqual([]);
  expect(s.home.git('show', 'ai/developer/A1-greet-from-a1:src/a.txt')).toBe('a');
  expect(await s.run('A1')).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  await expectSound(s);
});

test('daemons: twice forked, in sessions of their own, without ROTA_RUN in the group: all ended', async () => {
  const s = await hostileScene();
  const pids = join(s.box.folder, 'pids');
  const note = `echo $$ >> "${pids}"; exec sleep 1000`;
  s.agent.script('A1', [
    WORK,
    {
      sh: `(setsid sh -c '(sh -c "exec setsid sh -c \\"echo \\\\$\\\\$ >> ${pids}; exec sleep 1000\\"" &)' &)`,
    },
    { sh: `unset ROTA_RUN; sh -c '${note}' > /dev/null 2>&1 &` },
    { sh: `until [ "$(wc -l < "${pids}" 2> /dev/null || echo 0)" = 2 ]; do sleep 0.02; done` },
  ]);
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) expect(isRunning(pid), pid).toBe(false);
});

test('a daemon without environment, in a session of its own: out of reach, and said by its number', async () => {
  const s = await hostileScene();
  const file = join(s.box.folder, 'pid');
  const daemon = `(setsid env -i /bin/sh -c 'echo $$ > "${file}"; exec /bin/sleep 1000' > /dev/null 2>&1 &)`;
  s.agent.script('A1', [WORK, { sh: daemon }, { sh: `until [ -s "${file}" ]; do sleep 0.02; done` }]);
  const end = await s.run('A1');
  const pid = readFileSync(file, 'utf8').trim();
  onTestFinished(() => void (isRunning(pid) && process.kill(Number(pid), 'SIGKILL')));
  expect(isRunning(pid)).toBe(true);
  expect(end.stderr).toMatch(new RegExp(`processes that this run cannot end are at work in .*: ${pid};`));
  expect(end.doc.outcome).toBe('landed');
});

test('its log is filled: what is kept of it is bounded, and the work lands', async () => {
  const s = await hostileScene();
  s.agent.script('A1', [
    WORK,
    { sh: 'head -c 60000000 /dev/zero | tr "\\\\0" "x"; yes evil | head -c 30000000' },
  ]);
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  const folder = join(s.home.root, '.git/rota/runs', end.doc.run);
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  expect(Math.max(...sizes)).toBeLessThan(20_000_000);
});

test("it writes into the person's checkout: their files are not what lands, and what is in the way waits", async () => {
  const s = await hostileScene();
  s.agent.script('A1', [
    { write: { 'src/greet.txt': 'HELLO\n' } },
    { sh: 'echo evil > "$ROTA_HOME/src/greet.txt"; echo stray > "$ROTA_HOME/stray.txt"' },
  ]);
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
  expect(end.doc.reason).toContain('src/greet.txt');
  expect(s.onMain('src/greet.txt')).toBe('hello\n');
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  expect((await s.rota(['sweep'])).doc.landed).toMatchObject([{ task: 'A1' }]);
  expect(s.home.read('src/greet.txt')).toBe('HELLO\n');
  expect(s.home.git('status', '--porcelain')).toBe('?? stray.txt');
});

test.each([
  [
    'its own commit',
    'git add -A && git commit -qm mine && rm -f "$(git rev-parse --git-common-dir)/objects/$(git rev-parse HEAD^{tree} | sed "s|..|&/|")"',
  ],
  ['everything', 'rm -rf "$ROTA_HOME"/.git/objects/??'],
])('objects are deleted, of %s: nothing lands, and the message says what is missing', async (_what, sh) => {
  const s = await hostileScene();
  s.agent.script('A1', [WORK, { sh }]);
  const main = s.home.git('rev-parse', 'main');
  const end = await s.run('A1');
  expect([1, 2, 3]).toContain(end.code);
  const said = end.doc.reason ?? end.doc.error?.message;
  expect(said).toMatch(/[0-9a-f]{7,40}|object|cannot be read|not a valid/i);
  expect(said).not.toMatch(/a bug in rota/);
  expect(s.home.read('.git/HEAD')).toBe('ref: refs/heads/main\n');
  expect(main).toMatch(/^[0-9a-f]{40}$/);
  expect(s.home.read('src/greet.txt')).toBe('hello\n');
});

test("another live run's files: its result, its notes and its pid; that run lands by its own gate all the same", async () => {
  const s = await hostileScene();
  s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n' } }, { pause: 'two' }]);
  const two = s.start(['run', 'developer', 'A2']);
  await s.agent.reached('two');
  const { run } = s.record('A2').lock;
  const folder = `"$ROTA_HOME/.git/rota/runs/${run}"`;
  s.agent.script('A1', [
    WORK,
    { sh: `sed -i 's/"pid": [0-9]*/"pid": 1999999/' ${folder}/run.json` },
    { sh: `printf -- '---\\noutcome: done\\n---\\n' > ${folder}/result.md` },
  ]);
  expect((await s.run('A1')).doc.outcome).toBe('landed');
  // Its lock, not its notes, says that it lives.
  expect((await s.rota(['sweep'])).doc.freed).toEqual([]);
  expect(processesOf(run)).not.toEqual([]);
  s.agent.goOn('two');
  expect(await two.ended).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A2' } });
  expect(landings(s, 'A2').length).toBe(1);
  await expectSound(s);
});

test('journals and lock files of its own making in .git/rota: named, and nothing outside is touched', async () => {
  const s = await hostileScene();
  const { outside } = s.canary;
  const folders = ['journal', 'transactions', 'new-worktrees'];
  const journal = JSON.stringify({
    ...{ v: 1, ref: 'refs/heads/main', old: '0'.repeat(40), new: 'f'.repeat(40), refs: [`../../${outside}`] },
    ...{
      owner: { machine: '', boot: '', pid: 1, started: '0', pidNamespace: '' },
      checkouts: [{ path: outside }],
    },
  });
  writeFileSync(join(s.box.folder, 'journal.json'), journal);
  s.agent.script('A1', [
    WORK,
    ...folders.map((name) => ({
      sh: `mkdir -p "$ROTA_HOME/.git/rota/${name}" && cp "$ROTA_HOME/../journal.json" "$ROTA_HOME/.git/rota/${name}/01M7YCPBQWWW932RP763K688VE.json"`,
    })),
  ]);
  expect((await s.run('A1')).doc.outcome).toBe('landed');
  const swept = await s.rota(['sweep']);
  expect(`${JSON.stringify(swept.doc)}${swept.stderr}`).toContain('journal/01M7YCPBQWWW932RP763K688VE.json');
  s.canary.expectAlive();
  await expectSound(s);
});

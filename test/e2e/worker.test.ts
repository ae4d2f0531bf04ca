import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyMachine } from '../support/empty-machine.ts';
import { httpRemote } from '../support/http-remote.ts';
import { scene, taskFile, taskText } from '../support/scene.ts';

const TASKS = Object.fromEntries(['A1', 'A2', 'A3'].map((id) => [taskFile(id), taskText(id)]));
const outcomes = (doc: { runs: { outcome: string; task: string }[] }) =>
  doc.runs.map(({ outcome, task }) => [outcome, task]);

test('over http, logged in as in examples/Dockerfile: it works until nothing is eligible, and nothing is left', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS });
  const { url } = await httpRemote(s.shared, 'rota:s3cret-w0rd');
  const helper = /^.*credential\.helper '(.*)'$/m.exec(
    readFileSync(join(import.meta.dirname, '../../examples/Dockerfile'), 'utf8'),
  )?.[1];
  s.home.git('config', '--global', 'credential.helper', helper!);
  for (const id of ['A1', 'A2', 'A3']) s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'hi\n' } }]);
  const machine = emptyMachine(s, { url });
  expect(await machine.work()).toMatchObject({
    code: 3,
    doc: { error: { message: expect.stringContaining('Authentication failed') } },
  });
  const login = { ROTA_GIT_USER: 'rota', ROTA_GIT_PASSWORD: 's3cret-w0rd' };
  const { code, doc } = await emptyMachine(s, { url, env: login }).work();
  expect(outcomes(doc)).toEqual([
    ['landed', 'A1'],
    ['landed', 'A2'],
    ['landed', 'A3'],
    ['idle', null],
  ]);
  expect({ code, clone: doc.clone, left: machine.left() }).toEqual({ code: 0, clone: null, left: [] });
  expect(s.onMain(taskFile('A2'))).toContain("status: 'done'");
  expect(s.shared.git('for-each-ref', 'refs/rota/', 'refs/heads/ai/')).toBe('');
  expect(Object.keys(s.agent.environment('A1', 1)).filter((name) => name.startsWith('ROTA_GIT'))).toEqual([]);
});

test('--max, and work that did not land: its branch is on the remote for the next machine', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS, role: { fixes: 0 } });
  s.agent.script('A1', [{ write: { broken: 'yes\n' } }]);
  const machine = emptyMachine(s);
  const { code, doc } = await machine.work('--max', '1');
  expect(outcomes(doc)).toEqual([['red', 'A1']]);
  expect({ code, clone: doc.clone, left: machine.left() }).toEqual({ code: 1, clone: null, left: [] });
  expect(s.shared.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/ai/')).toContain('A1');
});

test('what cannot be pushed keeps the clone, which the next worker names again; the password is nowhere', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS });
  const { url } = await httpRemote(s.shared, 'rota:s3cret-w0rd');
  const machine = emptyMachine(s, { url: url.replace('//', '//rota:s3cret-w0rd@') });
  // Outside the contract: such work stays on its machine.
  s.agent.script('A1', [{ write: { 'rota.yaml': 'gate: none\n' } }]);
  const first = await machine.work('--max', '1');
  expect(outcomes(first.doc)).toEqual([['held', 'A1']]);
  expect(first.doc.kept).toContainEqual(expect.stringContaining('branch ai/developer/A1'));
  expect(existsSync(first.doc.clone)).toBe(true);
  s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n' } }]);
  const second = await machine.work('--max', '1');
  expect(outcomes(second.doc)).toEqual([['landed', 'A2']]);
  expect(second.doc.left).toEqual([{ clone: first.doc.clone, kept: first.doc.kept }]);
  expect(JSON.stringify([first, second])).not.toContain('s3cret');
  expect(s.shared.git('log', '--all', '--format=%B')).not.toContain('s3cret');
  // For git alone, and for nobody else on the machine.
  const words = readdirSync(join(first.doc.clone, 'rota'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(words.join('\n')).not.toContain('s3cret');
});

test('an address that is none, one that is gone, a role that is none, and what is missing: nothing is left', async () => {
  const s = await scene({ hub: 'file' });
  const machine = emptyMachine(s, { url: join(s.box.folder, 'nowhere.git') });
  const gone = await machine.work();
  expect(gone.code).toBe(3);
  expect(gone.doc.error.message).toMatch(/^The repository cannot be cloned: fatal: .*nowhere\.git/);
  const ask = (...args: string[]) => s.home.rota(['worker', ...args, '--json']);
  expect((await ask('--repo=--upload-pack=touch x', '--role', 'developer')).code).toBe(2);
  expect((await ask('--role', 'developer')).code).toBe(2);
  expect((await ask('--repo', s.shared.root)).code).toBe(2);
  expect((await ask('--repo', s.shared.root, '--role', 'developer', '--max', '0')).code).toBe(2);
  // From the current folder, as git clone takes it.
  const wrong = await emptyMachine(s, { url: '../hub.git' }).work('--role', 'develper');
  expect(wrong).toMatchObject({ code: 2, doc: { error: { hint: expect.stringContaining('developer?') } } });
  expect(machine.left()).toEqual([]);
  expect(s.shared.git('for-each-ref', 'refs/rota/')).toBe('');
});

test('SIGTERM: the work is put on the remote, the lock goes back, nothing is left', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS });
  s.agent.script('A1', [{ write: { 'src/a.txt': 'half\n' } }, { pause: 'working' }]);
  const machine = emptyMachine(s);
  const { ended, kill } = machine.start();
  await s.agent.reached('working');
  kill('SIGTERM');
  const { code, doc } = await ended;
  expect(outcomes(doc)).toEqual([['interrupted', 'A1']]);
  expect({ code, left: machine.left() }).toEqual({ code: 143, left: [] });
  expect(s.record('A1')?.lock ?? null).toBeNull();
  const branch = s.shared.git('for-each-ref', '--format=%(refname)', 'refs/heads/ai/');
  expect(s.shared.git('show', `${branch}:src/a.txt`)).toBe('half');
});

test('killed: the next worker ends its agent, goes on with its work, and nothing is left', async () => {
  const s = await scene({ hub: 'file', tasks: { [taskFile('A1')]: taskText('A1') } });
  s.agent.script('A1', [{ write: { 'src/a.txt': 'half\n' } }, { pause: 'working' }], []);
  const machine = emptyMachine(s);
  const first = machine.start();
  await s.agent.reached('working');
  first.kill('SIGKILL');
  await first.ended;
  expect(machine.left()).not.toEqual([]);
  const { code, doc } = await machine.work();
  expect(outcomes(doc)).toEqual([
    ['landed', 'A1'],
    ['idle', null],
  ]);
  expect({ code, left: machine.left(), dead: doc.left }).toEqual({ code: 0, left: [], dead: [] });
  expect(s.onMain('src/a.txt')).toBe('half\n');
});

test('two at once on one machine take different tasks, and nothing is left', async () => {
  // Two and no more: who loses the race for one takes any other.
  const tasks = Object.fromEntries(Object.entries(TASKS).slice(0, 2));
  const s = await scene({ hub: 'file', tasks });
  for (const id of ['A1', 'A2'])
    s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'hi\n' } }, { pause: id }]);
  const machine = emptyMachine(s);
  const both = [machine.start('--max', '1'), machine.start('--max', '1')];
  await Promise.all([s.agent.reached('A1'), s.agent.reached('A2')]);
  for (const id of ['A1', 'A2']) s.agent.goOn(id);
  const ends = await Promise.all(both.map(({ ended }) => ended));
  expect(ends.flatMap(({ doc }) => outcomes(doc)).toSorted()).toEqual([
    ['landed', 'A1'],
    ['landed', 'A2'],
  ]);
  expect(machine.left()).toEqual([]);
});

test('the role sweeper: over at once where no other machine has a lock; what was killed while it cloned goes', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS });
  const machine = emptyMachine(s);
  const { id, boot, pidNamespace } = s.box.system().machine;
  const owner = [id, pidNamespace, boot, '4194300', '1', 'X'].map((part) =>
    part.replace(/[^A-Za-z0-9-]/g, ''),
  );
  for (const [name, text] of [
    ['dead', owner.join('_')],
    ['elsewhere', owner.with(1, 'other').join('_')],
  ] as const) {
    const { root } = s.box.bare(`empty-machine/rota/workers/hub-${name}`);
    writeFileSync(`${root}.worker`, `${text}\n`);
  }
  const { code, doc } = await machine.work('--role', 'sweeper');
  expect({ code, doc }).toMatchObject({
    code: 0,
    doc: { runs: [], swept: { freed: [] }, clone: null, left: [] },
  });
  // The processes of another container cannot be seen.
  expect(machine.left().toSorted()).toEqual(['hub-elsewhere', 'hub-elsewhere.worker']);
});

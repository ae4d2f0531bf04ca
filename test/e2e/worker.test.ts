import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Scene, scene, taskFile, taskText } from '../support/scene.ts';

const TASKS = Object.fromEntries(['A1', 'A2', 'A3'].map((id) => [taskFile(id), taskText(id)]));

/** A worker with a cache of its own, far from every clone. */
async function work(s: Scene, ...args: string[]) {
  const url = s.http?.url ?? s.shared.root;
  const cache = join(s.box.folder, 'empty-machine');
  const ran = await s.home.rota(['worker', '--repo', url, '--role', 'developer', ...args, '--json'], {
    env: { XDG_CACHE_HOME: cache },
  });
  const folder = join(cache, 'rota', 'workers');
  return {
    code: ran.code,
    stderr: ran.stderr,
    doc: JSON.parse(ran.stdout),
    left: [folder, join(cache, 'rota')]
      .flatMap((at) => (existsSync(at) ? readdirSync(at) : []))
      .filter((name) => name !== 'workers'),
  };
}

test('over http: it works until nothing is eligible, everything is on the remote, and nothing is left here', async () => {
  const s = await scene({ hub: 'http', tasks: TASKS });
  for (const id of ['A1', 'A2', 'A3']) s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'hi\n' } }]);
  const { code, doc, left } = await work(s);
  expect(doc.runs.map(({ outcome, task }: { outcome: string; task: string }) => [outcome, task])).toEqual([
    ['landed', 'A1'],
    ['landed', 'A2'],
    ['landed', 'A3'],
    ['idle', null],
  ]);
  expect({ code, left, clone: doc.clone }).toEqual({ code: 0, left: [], clone: null });
  expect(s.onMain(taskFile('A2'))).toContain("status: 'done'");
  expect(s.shared.git('for-each-ref', 'refs/rota/', 'refs/heads/ai/')).toBe('');
});

test('--max, and work that did not land: its branch is on the remote for the next machine', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS, role: { fixes: 0 } });
  s.agent.script('A1', [{ write: { broken: 'yes\n' } }]);
  const { code, doc, left } = await work(s, '--max', '1');
  expect(doc.runs).toEqual([expect.objectContaining({ outcome: 'red', task: 'A1' })]);
  expect({ code, left, clone: doc.clone }).toEqual({ code: 1, left: [], clone: null });
  expect(s.shared.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/ai/')).toContain('A1');
});

test('what cannot be pushed keeps the clone, and is named', async () => {
  const s = await scene({ hub: 'file', tasks: TASKS });
  // Outside the contract: such work stays on its machine.
  s.agent.script('A1', [{ write: { 'rota.yaml': 'gate: none\n' } }]);
  const { doc, left } = await work(s, '--max', '1');
  expect(doc.runs).toEqual([expect.objectContaining({ outcome: 'held' })]);
  expect(doc.kept.join()).toContain('branch ai/developer/A1');
  expect(existsSync(doc.clone)).toBe(true);
  expect(left.length).toBeGreaterThan(0);
});

test('an address that is none, one that is gone, and what is missing on the command line', async () => {
  const s = await scene({ hub: 'file' });
  const ask = (...args: string[]) => s.home.rota(['worker', ...args, '--json']);
  const gone = await ask('--repo', join(s.box.folder, 'nowhere.git'), '--role', 'developer');
  expect(gone.code).toBe(3);
  expect(JSON.parse(gone.stdout).error.message).toContain('The repository cannot be cloned: ');
  expect((await ask('--repo=--upload-pack=touch x', '--role', 'developer')).code).toBe(2);
  expect((await ask('--role', 'developer')).code).toBe(2);
  expect((await ask('--repo', s.shared.root)).code).toBe(2);
  expect((await ask('--repo', s.shared.root, '--role', 'developer', '--max', '0')).code).toBe(2);
  expect(s.shared.git('for-each-ref', 'refs/rota/')).toBe('');
});

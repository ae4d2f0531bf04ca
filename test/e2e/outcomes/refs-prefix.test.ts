import { expect, test } from 'vitest';
import { expectIntact, expectTidy, type Scene, scene, taskFile, taskText } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const PREFIX = 'refs/heads/rota/';
const WORK: Step[] = [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }];
const BRANCHES_ONLY =
  '#!/bin/sh\ncase $1 in refs/heads/*) exit 0;; *) echo "only branches can be pushed" >&2; exit 1;; esac\n';

function refsBelow({ shared }: Scene, prefix: string): string[] {
  const listed = shared.git('for-each-ref', '--format=%(refname)', prefix);
  return listed.split('\n').filter((ref) => ref !== '');
}

test('a remote that takes branches only: claimed, seen, paused, landed, and nothing stays there', async () => {
  const s = await scene({
    hub: 'http',
    config: { 'refs-prefix': PREFIX },
    tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2', { depends: '[A1]' }) },
  });
  s.shared.write('hooks/update', BRANCHES_ONLY);
  const other = s.clone('other');
  s.agent.script('A1', WORK);
  const run = s.start(['run', 'developer']);
  await s.agent.reached('work');
  expect(refsBelow(s, PREFIX)).toEqual([`${PREFIX}tasks/A1`]);
  expect(await s.rota(['run', 'developer'], other)).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
  // From the mirror alone, as the quick look does.
  expect((await s.rota(['status'], other)).doc.workers).toMatchObject([{ role: 'developer' }]);
  expect(await s.rota(['pause'], other)).toMatchObject({ code: 0 });
  expect(refsBelow(s, PREFIX)).toEqual([`${PREFIX}pause`, `${PREFIX}tasks/A1`]);
  s.agent.goOn('work');
  const end = await run.ended;
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expectIntact(s, 'A1', 'done');
  expect(await s.rota(['resume'], other)).toMatchObject({ code: 0 });
  expect([...refsBelow(s, PREFIX), ...refsBelow(s, 'refs/rota/')]).toEqual([]);
});

test('refs-prefix changes while a worker has a lock: it lands nothing and keeps its work; the next run finishes', async () => {
  const s = await scene({ hub: 'file' });
  s.agent.script('A1', WORK, [{ sh: 'test -e src/a.txt' }]);
  const run = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.home.git('pull', '-q', '--rebase', s.shared.root, 'main');
  s.home.commit('other names', { 'rota.yaml': `${s.home.read('rota.yaml')}refs-prefix: ${PREFIX}\n` });
  s.home.git('push', '-q', s.shared.root, 'main');
  s.agent.goOn('work');
  const end = await run.ended;
  expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed', task: 'A1' } });
  expect(end.doc.reason).toContain('refs-prefix: refs/heads/rota/');
  expectTidy(s, end);
  // Given back where it was taken; under the new names nobody waits for it.
  expect(s.record('A1')).toMatchObject({ lock: null });
  const next = await s.run();
  expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, next);
  expectIntact(s, 'A1', 'done');
  expect(s.onMain('src/a.txt')).toBe('a\n');
  expect(refsBelow(s, PREFIX)).toEqual([]);
});

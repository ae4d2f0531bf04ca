import { expect, test } from 'vitest';
import { scene, taskFile, taskText } from '../support/scene.ts';

test('max-workers of a role counts over all machines, and only that role', async () => {
  const s = await scene({
    hub: 'file',
    tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    role: { 'max-workers': 1 },
  });
  s.agent.script('A1', [{ pause: 'working' }, { write: { 'src/A1.txt': 'hi\n' } }]);
  s.agent.script('A2', [{ write: { 'src/A2.txt': 'hi\n' } }]);
  const other = s.clone('other');
  const first = s.start(['run', 'developer']);
  await s.agent.reached('working');
  const { doc } = await s.rota(['run', 'developer'], other);
  expect(doc).toMatchObject({
    outcome: 'idle',
    reason: '1 of 1 workers of role developer are busy in the fleet',
  });
  s.agent.goOn('working');
  expect((await first.ended).doc).toMatchObject({ outcome: 'landed', task: 'A1' });
  expect((await s.rota(['run', 'developer'], other)).doc).toMatchObject({ outcome: 'landed', task: 'A2' });
});

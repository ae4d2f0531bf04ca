import { expect, test } from 'vitest';
import { scene, taskFile, taskText } from '../../support/scene.ts';

test('rota log --since: what landed, what waits for a person, what did not land and why', async () => {
  const s = await scene({
    tasks: {
      [taskFile('A1')]: taskText('A1'),
      [taskFile('A2')]: taskText('A2'),
      [taskFile('A3')]: taskText('A3'),
    },
    role: { fixes: 0 },
  });
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  s.agent.script('A2', [{ write: { broken: 'yes\n' } }]);
  s.agent.script('A3', [{ write: { 'rota.yaml': 'gate: none\n' } }]);
  for (const task of ['A1', 'A2', 'A3']) await s.rota(['run', 'developer', task]);

  const { stdout } = await s.home.rota(['log', '--since', '1h']);
  expect(stdout).toMatch(
    /^Landed \(1\)\n {2}A1 {2}Greet from A1 \(developer\)\n\nFor you \(1\)\n {2}A3 {2}held: modified rota\.yaml: [^\n]+\n\nNot landed \(1\)\n {2}A2 {2}red: [^\n]+\n$/,
  );
  const { doc } = await s.rota(['log', '--since', '1h']);
  expect(doc.map(({ event }: { event: string }) => event)).toContain('landed');
  expect((await s.rota(['log', '--since', '2999-01-01'])).doc).toEqual([]);
  // Anybody may have written a line.
  const file = s.home.git('show', `main:${taskFile('A1')}`);
  s.home.write(taskFile('A1'), `${file}\n2999-01-02 00:00:00 UTC | me | no id | landed | by hand\n`);
  s.home.git('commit', '-q', '-a', '-m', 'docs: a line');
  const later = (await s.home.rota(['log', '--since', '2999-01-01'])).stdout;
  expect(later).toMatch(/^Landed \(1\)\n {2}no id {2}\(me\)\n\nFor you \(1\)\n/);
  expect(await s.rota(['log', '--since', 'yesterday'])).toMatchObject({
    code: 2,
    doc: { error: { message: '--since yesterday is neither a day nor a duration.' } },
  });
});

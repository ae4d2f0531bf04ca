import { expect, test } from 'vitest';
import { expectIntact, scene } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';

test('an edit that the run has not seen still counts: a person answered while the agent gave up', async () => {
  const s = await scene();
  s.agent.script(
    'A1',
    [{ pause: 'work' }, { result: resultText('outcome: blocked\nsummary: Which greeting?') }],
    [{ write: { 'src/greet.txt': 'HELLO\n' } }],
  );
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.edit('A1', (text) => `${text}The greeting is HELLO.\n`);
  s.agent.goOn('work');
  expect((await ended).doc.outcome).toBe('blocked');
  expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
  expect(expectIntact(s, 'A1', 'ready')).toContain('Which greeting?');
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.agent.prompt('A1', 2)).toContain('The greeting is HELLO.');
});

test('an edit that the agent was shown is no news: blocked stays blocked', async () => {
  const s = await scene({ role: { fixes: 1 } });
  s.agent.script(
    'A1',
    [{ pause: 'work' }, { write: { 'src/greet.txt': 'HELLO\n' } }],
    [{ result: resultText('outcome: blocked\nsummary: Which greeting?') }],
  );
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.edit('A1', (text) => text.replace('politely', 'loudly'));
  s.agent.goOn('work');
  expect((await ended).doc.outcome).toBe('blocked');
  expect(s.agent.prompt('A1', 2)).toContain('loudly');
  expect(s.onMain('backlog/A1-greet.md')).toMatch(/^status: '?blocked/m);
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
  expect(s.agent.turns('A1')).toBe(2);
});

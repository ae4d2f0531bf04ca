import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { atOnce } from '../../agents/at-once.ts';
import { MODES } from '../../agents/mode.ts';
import { roundsOf } from '../../agents/rounds.ts';

/** What `npm run test:agents` tries: nothing may be left out of it in silence. */
const ALL = { clients: [], modes: [], isolation: null, acp: false } as const;

const pairs = (wish: Parameters<typeof roundsOf>[0]) =>
  roundsOf(wish).flatMap(({ clients, modes, isolation }) =>
    clients.flatMap(({ name }) => modes.map((mode) => `${name} ${mode.name} ${isolation}`)),
  );

test('everything: nine clients in every mode, and in each isolation once more', () => {
  const tried = pairs(ALL);
  expect(tried.filter((one) => one.endsWith(' none'))).toHaveLength(9 * MODES.length);
  expect(tried.filter((one) => one.endsWith(' bwrap'))).toHaveLength(9 * 3);
  expect(tried.filter((one) => one.endsWith(' clone'))).toHaveLength(9 * 3);
  expect(new Set(tried).size).toBe(tried.length);
});

test('what was asked for, and nothing else', () => {
  expect(pairs({ ...ALL, clients: ['pi'], modes: ['401'] })).toEqual(['pi 401 none']);
  expect(pairs({ ...ALL, clients: ['pi'], modes: ['done'] })).toEqual([
    'pi done none',
    'pi done bwrap',
    'pi done clone',
  ]);
  // Named, a mode is tried in any isolation.
  expect(pairs({ ...ALL, clients: ['pi'], modes: ['401'], isolation: 'bwrap' })).toEqual(['pi 401 bwrap']);
  expect(new Set(pairs({ ...ALL, acp: true }).map((one) => one.split(' ')[0]))).toEqual(
    new Set(['opencode-acp', 'gemini-acp', 'claude-acp', 'codex-acp']),
  );
  expect(pairs({ ...ALL, clients: ['pi'], acp: true })).toEqual([]);
});

test('docs/agents.md says of every mode what must come of it', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/agents.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([^|]+) \| [^|]+ \| [^|]+ \|$/gm)].map((row) => row[1]!);
  const named = rows.flatMap((cell) => cell.split(', '));
  expect(MODES.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test('so many at once, never more, answers in order, and a failure is not swallowed', async () => {
  let running = 0;
  let most = 0;
  const answers = await atOnce(3, [5, 1, 4, 2, 3, 0], async (n) => {
    running++;
    most = Math.max(most, running);
    for (let turn = 0; turn < n; turn++) await Promise.resolve();
    running--;
    return n * 10;
  });
  expect(answers).toEqual([50, 10, 40, 20, 30, 0]);
  expect(most).toBe(3);
  await expect(atOnce(2, [1, 2], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

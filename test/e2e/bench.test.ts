import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const BENCH = resolve(import.meta.dirname, '../../scripts/bench.mjs');

test('the bench works; how fast anything is, no test says', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, '--smoke']);
  const rows = stdout.split('\n').filter((line) => line.startsWith('| '));
  const figures = rows.slice(2).map((line) => line.split(' | ')[0]);
  expect(figures).toEqual(
    expect.arrayContaining([
      '| `rota --version`',
      '| `rota list`, 12 tasks',
      '| `rota next developer`, 12 tasks',
      '| `rota show A12`, 12 tasks',
      '| start to agent launched, 20 files',
      '| agent exit to landed, gate commands excluded, 20 files',
    ]),
  );
  for (const what of [
    '3 processes that only claim, 5 tasks: claimed, each once \\| 5, 5 claims',
    '3 processes, 5 whole runs: claimed, each once \\| 5, 5 claims',
    '3 processes, 5 whole runs: landed, each once \\| 5, 5 landings',
  ])
    expect(rows).toContainEqual(expect.stringMatching(new RegExp(`^\\| ${what} .* yes \\|$`)));
});

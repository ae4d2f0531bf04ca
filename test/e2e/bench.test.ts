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
  expect(rows).toContainEqual(
    expect.stringMatching(/^\| 3 processes, 5 tasks: claimed, each once \| 5, 5 claims .* yes \|$/),
  );
  expect(rows).toContainEqual(
    expect.stringMatching(/^\| 3 processes, 5 tasks: landed, each once \| 5, 5 landings .* yes \|$/),
  );
});

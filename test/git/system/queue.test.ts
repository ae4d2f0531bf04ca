import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inQueue } from '../../../src/system/mutex.ts';
import { sandbox } from '../../support/repo.ts';
import { until } from '../../support/until.ts';

const LONG = 60_000;

test('first come, first served, one at a time', async () => {
  const { files, target, waiting } = scene();
  const order: number[] = [];
  let inside = 0;
  const goOn: (() => void)[] = [];
  const turns: Promise<void>[] = [];
  for (let n = 0; n < 6; n++) {
    turns.push(
      inQueue(files, target, LONG, async () => {
        inside += 1;
        expect(inside).toBe(1);
        order.push(n);
        if (n === 0) await new Promise<void>((resolve) => goOn.push(resolve));
        inside -= 1;
      }),
    );
    // The next one comes when this one is in, or waits.
    await until(() => order.length === 1 && waiting() === n + 1, 'it did not come');
  }
  goOn[0]!();
  await Promise.all(turns);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  expect(waiting()).toBe(0);
});

test('a folder among the tickets is nobody', async () => {
  const { files, target, line } = scene();
  const folder = join(line, '000000000000001-1-1');
  mkdirSync(folder, { recursive: true });
  utimesSync(folder, 1, 1);
  expect(await inQueue(files, target, LONG, async () => 'done')).toBe('done');
});

test('who died while waiting holds nobody up', async () => {
  const { files, target, line } = scene();
  mkdirSync(line, { recursive: true });
  const dead = join(line, '000000000000001-1-1');
  writeFileSync(dead, '');
  utimesSync(dead, 1, 1);
  expect(await inQueue(files, target, LONG, async () => 'done')).toBe('done');
  expect(readdirSync(line)).toEqual([]);
});

test('at the end of its patience it goes on without', async () => {
  const { files, target, waiting } = scene();
  let release: (() => void) | null = null;
  const holder = inQueue(files, target, LONG, () => new Promise<void>((resolve) => (release = resolve)));
  await until(() => release !== null && waiting() === 1, 'the holder did not come in');
  const late = await inQueue(...([files, target, 50, async () => 'in turn', async () => 'late'] as const));
  expect([late, waiting()]).toEqual(['late', 1]);
  release!();
  await holder;
  expect(
    await inQueue(
      files,
      target,
      50,
      async () => 'in turn',
      async () => 'late',
    ),
  ).toBe('in turn');
});

test('a failure inside is the caller’s, and the next one goes on', async () => {
  const { files, target } = scene();
  await expect(inQueue(files, target, LONG, async () => Promise.reject(new Error('mine')))).rejects.toThrow(
    'mine',
  );
  expect(await inQueue(files, target, LONG, async () => 'next')).toBe('next');
});

function scene() {
  const box = sandbox();
  const target = join(box.folder, 'queues', 'claim');
  const line = `${target}.line`;
  return { files: box.system().files, target, line, waiting: () => readdirSync(line).length };
}

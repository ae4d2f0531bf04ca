import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { awaitStopRequest, requestStop } from '../../../src/run/watch/stop-request.ts';
import { realSystem } from '../../../src/system/real-system.ts';

const system = realSystem();
const inFolder = async (act: (folder: string) => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-stop-'));
  await act(folder);
  rmSync(folder, { recursive: true });
};

test('a run hears of its request, once, also of one that was there before', () =>
  inFolder(async (folder) => {
    let heard = 0;
    const waiting = awaitStopRequest(system, folder, new AbortController().signal, () => {
      heard += 1;
    });
    await requestStop(system, folder);
    await requestStop(system, folder);
    await waiting;
    expect(heard).toBe(1);
  }));

/** Looks without a wait; hearing anything fails. */
async function looksThrice(folder: string): Promise<void> {
  const over = new AbortController();
  let waits = 0;
  const wait = async () => {
    waits += 1;
    if (waits > 3) over.abort();
  };
  await awaitStopRequest({ ...system, clock: { ...system.clock, wait } }, folder, over.signal, () =>
    expect.fail('it heard what is no request'),
  );
  expect(waits).toBe(4);
}

test('what an agent puts in its place ends nothing, and leads nobody to another file', () =>
  inFolder(async (folder) => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    const stop = join(folder, 'stop');
    for (const plant of [
      () => symlinkSync(victim, stop),
      () => mkdirSync(join(stop, 'x'), { recursive: true }),
    ]) {
      plant();
      await looksThrice(folder);
      await requestStop(system, folder);
      expect(lstatSync(stop).isFile()).toBe(true);
      expect(readFileSync(victim, 'utf8')).toBe('precious');
      rmSync(stop);
    }
    expect(existsSync(victim)).toBe(true);
  }));

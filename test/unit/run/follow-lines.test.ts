import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { followLines } from '../../../src/run/watch/follow-lines.ts';
import { realSystem } from '../../../src/system/real-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'rota-follow-'));
const path = join(folder, 'events.jsonl');
afterEach(() => rmSync(path, { force: true }));

/** The port, with the bytes that were read. */
function counted() {
  const { files } = realSystem();
  const seen = { bytes: 0 };
  const readPart: typeof files.readPart = async (...args) => {
    const part = await files.readPart(...args);
    seen.bytes += part?.data.length ?? 0;
    return part;
  };
  return { system: { files: { ...files, readPart } }, seen };
}

test('only what was appended is read, and only whole lines are told', async () => {
  const { system, seen } = counted();
  const lines = followLines(system, path);
  expect(await lines.next()).toEqual([]);
  writeFileSync(path, 'one\ntwo\nthr');
  expect(await lines.next()).toEqual(['one', 'two']);
  expect(await lines.next()).toEqual([]);
  appendFileSync(path, 'ee\n\nfour 語\n');
  expect(await lines.next()).toEqual(['three', 'four 語']);
  expect(seen.bytes).toBe(Buffer.byteLength('one\ntwo\nthree\n\nfour 語\n'));
});

test('a letter that is cut in two comes whole', async () => {
  const lines = followLines(counted().system, path);
  const bytes = Buffer.from('a 語\n');
  for (const byte of bytes.subarray(0, -1)) {
    appendFileSync(path, Buffer.of(byte));
    expect(await lines.next()).toEqual([]);
  }
  appendFileSync(path, '\n');
  expect(await lines.next()).toEqual(['a 語']);
});

test('a file that became shorter is begun again', async () => {
  const lines = followLines(counted().system, path);
  writeFileSync(path, 'one\ntwo\n');
  expect(await lines.next()).toEqual(['one', 'two']);
  truncateSync(path, 0);
  appendFileSync(path, 'new\n');
  expect([...(await lines.next()), ...(await lines.next())]).toEqual(['new']);
});

test('a line without an end is dropped, and held in no memory; what follows is told', async () => {
  const lines = followLines(counted().system, path);
  for (let n = 0; n < 5; n++) {
    appendFileSync(path, 'x'.repeat(1_000_000));
    expect(await lines.next()).toEqual([]);
  }
  appendFileSync(path, `${'x'.repeat(10)}\nafter\n`);
  const told: string[] = [];
  for (let n = 0; n < 5; n++) told.push(...(await lines.next()));
  expect(told).toEqual(['after']);
});

test('links and pipes have no lines, and nobody waits for them', async () => {
  const lines = followLines(counted().system, path);
  writeFileSync(join(folder, 'other'), 'secret\n');
  symlinkSync(join(folder, 'other'), path);
  expect(await lines.next()).toEqual([]);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  expect(await lines.next()).toEqual([]);
});

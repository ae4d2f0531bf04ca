import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeMask } from '../../../src/agent/mask.ts';
import { maskedSystem } from '../../../src/agent/masked-system.ts';
import { supervise } from '../../../src/agent/supervise.ts';
import { realSystem } from '../../../src/system/real-system.ts';

const KEY = 'secret-of-many-letters';
const mask = makeMask([{ name: 'KEY', value: KEY }]);

/** Output of a real program: what was read, what is in its log, and the tail. */
async function outputOf(script: string, talks: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'rota-mask-'));
  const outputFile = join(folder, 'log');
  const read = { stdout: '', stderr: '' };
  const end = await supervise(maskedSystem(realSystem(), mask), {
    argv: [process.execPath, '-e', script],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ROTA_RUN: 'MASKED' },
    ...(talks
      ? { talk: { begin: () => new Promise<void>(() => undefined), leave: async () => undefined } }
      : {}),
    run: 'MASKED',
    timeLimit: 60_000,
    stallLimit: null,
    outputFile,
    onOutput: (chunk, stream) => {
      read[stream] += chunk.toString();
    },
    stop: new AbortController().signal,
  });
  const log = readFileSync(outputFile, 'utf8');
  rmSync(folder, { recursive: true });
  expect(end.cause).toMatchObject({ kind: 'exited', code: 0 });
  return { read, log, tail: end.tail };
}

/** In pieces, stdout between stderr. */
const PIECES = `
const say = (stream, text) => new Promise((done) => stream.write(text, done));
await say(process.stdout, 'out secret-of');
await say(process.stderr, 'err ${KEY.slice(0, 10)}');
await say(process.stdout, '-many-letters. ');
await say(process.stderr, '${KEY.slice(10)}! secret-of-many');
`;

/** Which stream comes first is the system's matter. */
function expectMasked(log: string): void {
  expect(log.split('***KEY***')).toHaveLength(4);
  expect(
    log
      .split(/\*\*\*KEY\*\*\*/)
      .join('')
      .split('')
      .sort()
      .join(''),
  ).toBe('out . err ! '.split('').sort().join(''));
}

test('what a program writes in pieces on two streams is masked in its log, its tail and for who reads it', async () => {
  const { read, log, tail } = await outputOf(PIECES, false);
  expect(read).toEqual({ stdout: 'out ***KEY***. ', stderr: 'err ***KEY***! ***KEY***' });
  expectMasked(log);
  expect(tail).toBe(log);
});

test('messages of a program that is talked to arrive as they are; its log is masked', async () => {
  const { read, log, tail } = await outputOf(PIECES, true);
  expect(read).toEqual({ stdout: `out ${KEY}. `, stderr: `err ${KEY}! secret-of-many` });
  expectMasked(log);
  expect(tail).toBe(log);
});

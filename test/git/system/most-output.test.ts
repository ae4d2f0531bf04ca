import { expect, test } from 'vitest';
import type { ProcessSpec } from '../../../src/system/ports.ts';
import { runToEnd } from '../../../src/system/run-to-end.ts';

const script = (text: string, mostOutput: number): ProcessSpec => ({
  ...{
    argv: ['/bin/sh', '-c', text],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    mostOutput,
  },
});

test('a program that prints without end is ended, and what it printed is cut', async () => {
  const ran = await runToEnd(script('while :; do echo 0123456789; done', 100_000));
  expect(ran.stdout.length).toBe(100_000);
  expect(ran).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: false, spawnError: null });
});

test('one that prints exactly as much as it may is not', async () => {
  const ran = await runToEnd(script('printf 0123456789', 10));
  expect(ran).toMatchObject({ code: 0, signal: null, stdout: Buffer.from('0123456789') });
});

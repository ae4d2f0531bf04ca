import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { supervise } from '../../../src/agent/supervise.ts';
import { realSystem } from '../../../src/system/real-system.ts';

test('output that is still in the pipe when the program has exited is in the log and in the tail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-supervise-'));
  const real = realSystem();
  const signals: string[] = [];
  const system: typeof real = {
    ...real,
    processTable: {
      facts: async () => ({ kind: 'gone' }),
      ofRun: async () => [],
      runs: async () => new Set(),
      signal: (pid, signal, group) => void signals.push(`${signal} ${group ? 'group ' : ''}${pid}`),
    },
    processes: {
      ...real.processes,
      start: ({ onOutput }) => ({
        pid: 7,
        input: null,
        ended: Promise.resolve({ code: 1, signal: null, spawnError: null }),
        outputEnded: real.clock.wait(20).then(() => onOutput(Buffer.from('why it failed'), 'stderr')),
      }),
    },
  };
  const outputFile = join(folder, 'log');
  const end = await supervise(system, {
    argv: ['x'],
    cwd: folder,
    env: {},
    run: 'R',
    timeLimit: 2 ** 40,
    stallLimit: 2 ** 40,
    outputFile,
    stop: new AbortController().signal,
  });
  expect(end).toMatchObject({ cause: { kind: 'exited', code: 1 }, tail: 'why it failed' });
  expect(readFileSync(outputFile, 'utf8')).toBe('why it failed');
  expect(signals).toEqual(['SIGTERM group 7', 'SIGKILL group 7']);
  rmSync(folder, { recursive: true });
});

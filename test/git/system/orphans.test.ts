import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runToEnd } from '../../../src/system/run-to-end.ts';
import { isRunning } from '../../support/aftermath.ts';
import { sandbox } from '../../support/repo.ts';

/** Some program that a call leaves behind and that keeps its output open, as a helper for credentials or connections may. */
const ORPHAN = 'setsid sleep 300 & echo $! > orphan;';

function script(text: string, timeLimit?: number) {
  const { folder, env } = sandbox();
  const read = async () => {
    const { readFile } = await import('node:fs/promises');
    return Number(await readFile(join(folder, 'orphan'), 'utf8'));
  };
  const spec = { argv: ['sh', '-c', ORPHAN + text], cwd: folder, env };
  return { spec: timeLimit === undefined ? spec : { ...spec, timeLimit }, read };
}

test('a program that has ended is not waited for because something of it lives on, and its output is whole', async () => {
  const { spec, read } = script('head -c 3000000 /dev/zero; exit 3');
  const ran = await runToEnd(spec);
  const orphan = await read();
  expect(isRunning(orphan)).toBe(true);
  process.kill(orphan, 'SIGKILL');
  expect(ran).toMatchObject({ code: 3, signal: null, timedOut: false });
  expect(ran.stdout.length).toBe(3_000_000);
});

test('a time limit ends the call also when something outside the group keeps its output open', async () => {
  const { spec, read } = script('sleep 300', 200);
  const ran = await runToEnd(spec);
  const orphan = await read();
  expect(isRunning(orphan)).toBe(true);
  process.kill(orphan, 'SIGKILL');
  expect(ran).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: true });
});

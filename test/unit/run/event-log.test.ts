import { describe, expect, it } from 'vitest';
import type { AgentActivity, RotaEvent } from '../../../src/events.ts';
import { eventLog } from '../../../src/run/project/event-log.ts';
import { parseEvent } from '../../../src/run/why/parse-event.ts';
import { realSystem } from '../../../src/system/real-system.ts';

/** A log whose disk takes what it gets when the test says so. */
function openLog() {
  const { files, clock } = realSystem();
  let now = 0;
  const written: string[] = [];
  let running: Promise<void> = Promise.resolve();
  let appends = 0;
  const system = {
    files: {
      ...files,
      append: async (_: string, data: string | Uint8Array) => {
        appends += 1;
        written.push(String(data));
      },
    },
    clock: { ...clock, monotonic: () => now },
  };
  const log = eventLog(system, 'events.jsonl', (step) => {
    running = running.then(step);
    return running;
  });
  return {
    add: (event: RotaEvent) => log.add({ at: new Date(0), role: 'r', task: 'A1', run: 'R', event }),
    does: (activity: AgentActivity) => {
      log.add({ at: new Date(0), role: 'r', task: 'A1', run: 'R', event: { type: 'activity', activity } });
    },
    wait: (ms: number) => {
      now += ms;
    },
    settled: async () => {
      await running;
      return written.join('').split('\n').slice(0, -1);
    },
    size: () => Buffer.byteLength(written.join('')),
    appends: () => appends,
  };
}

const step: RotaEvent = { type: 'step', step: 'agent', state: 'done', detail: null };
const text = (n: number): AgentActivity => ({ kind: 'text', text: `${n} ${'x'.repeat(400)}` });

describe('eventLog', () => {
  it('writes everything in order, and activities that come together at once', async () => {
    const log = openLog();
    for (let n = 0; n < 100; n++) log.does(text(n));
    log.add(step);
    log.does(text(100));
    const lines = (await log.settled()).map((line) => parseEvent(line)?.event);
    expect(lines).toHaveLength(102);
    expect(lines[100]).toEqual(step);
    expect(lines[101]).toEqual({ type: 'activity', activity: text(100) });
    expect(lines[42]).toEqual({ type: 'activity', activity: text(42) });
    expect(log.appends()).toBeLessThan(5);
  });

  it('stays bounded under a million activities, says so once, and keeps what rota does', async () => {
    const log = openLog();
    for (let n = 0; n < 1_000_000; n++) {
      log.does(text(n));
      if (n % 10_000 === 0) {
        log.wait(1_000);
        await log.settled();
      }
    }
    log.add(step);
    log.add({ type: 'outcome', outcome: 'landed', reason: null });
    const lines = await log.settled();
    expect(log.size()).toBeLessThan(7.5 * 1024 ** 2);
    expect(log.size()).toBeGreaterThan(4 * 1024 ** 2);
    const events = lines.map((line) => parseEvent(line)!.event);
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
    expect(events.slice(-2)).toEqual([step, { type: 'outcome', outcome: 'landed', reason: null }]);
    // Samples are the newest, one in five seconds.
    const after = events.slice(events.findIndex(({ type }) => type === 'notice') + 1, -2);
    expect(after.length).toBeGreaterThan(10);
    expect(after.length).toBeLessThan(25);
  });

  it('lets nothing fill what is kept for the end of the run', async () => {
    const log = openLog();
    for (let n = 0; n < 40_000; n++) log.add({ type: 'notice', level: 'info', message: 'x'.repeat(400) });
    log.add({ type: 'outcome', outcome: 'red', reason: null });
    expect((await log.settled()).at(-1)).toContain('"outcome":"red"');
    expect(log.size()).toBeLessThan(8 * 1024 ** 2);
  });

  it('does not let what waits for a slow disk grow without end', async () => {
    const log = openLog();
    for (let n = 0; n < 50_000; n++) log.does({ kind: 'text', text: 'x'.repeat(10_000) });
    await log.settled();
    expect(log.size()).toBeLessThan(1.1 * 1024 ** 2);
  });
});

import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { landWork } from '../../../src/run/land/land.ts';
import type { LandingEnd, LandingWork } from '../../../src/run/land/landing-work.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { inQueue } from '../../../src/system/mutex.ts';
import { taskKey } from '../../../src/task/id.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { until } from '../../support/until.ts';
import { FILES } from '../worktree/open-test-project.ts';
import { type FinishedWork, finishedWork } from './finished-work.ts';

const TURN = 'refs/rota/landing';
const GATE = 'git rev-parse "HEAD^{tree}" >> "$HOME/gated"; test ! -e broken';

interface LandingWish {
  readonly onWait?: (waits: number) => void;
  readonly pace?: number;
  readonly onGate?: (gates: number) => void;
  /** Milliseconds for which a worker of the same machine lands before. */
  readonly behind?: number;
}

interface Fleet extends FinishedWork {
  readonly hub: TestRepo;
  readonly other: TestRepo;
  /** Whose turn it is on the remote; empty: nobody's. */
  turn(): string;
  /** A lock of another machine's, which this one has seen. */
  workElsewhere(): Promise<void>;
  /** Gives the turn to somebody who is not this run. */
  taken(): string;
  /**
   * Lands with a made-up clock: a wait takes `pace` milliseconds, or as long as it is meant to, and `onWait` happens in it.
   */
  landIn(
    wish: LandingWish,
    more?: Partial<LandingWork>,
  ): Promise<{ end: LandingEnd; waited: number; races: string[] }>;
}

/** Finished work in one clone of a remote, and another clone of it. */
async function fleet(work?: Record<string, string>): Promise<Fleet> {
  const box = sandbox();
  const config = `gate: [${JSON.stringify(GATE)}]\nagents: {mine: {command: ['true']}}\n`;
  const seed = box.repo('seed', { ...FILES, 'rota.yaml': config });
  const hub = box.bare('hub.git');
  seed.git('push', '-q', hub.root, 'main');
  hub.git('symbolic-ref', 'HEAD', 'refs/heads/main');
  const at = await finishedWork(work, GATE, box.clone(hub.root, 'one'));
  const other = box.clone(hub.root, 'two');
  return {
    ...{ ...at, hub, other },
    turn: () => hub.git('for-each-ref', '--format=%(objectname)', TURN),
    workElsewhere: async () => {
      const lock = { ...at.lock.record.lock!, run: 'OTHER', machine: 'elsewhere' };
      const record = { ...emptyRecord('A2'), lock };
      const to = await at.project.records.write(record, { previous: null });
      await at.project.refs.swap([{ ref: taskRef(taskKey('A2')), from: null, to }]);
    },
    taken: () => {
      const commit = other.git('commit-tree', '-m', `turn ${Math.random()}`, 'HEAD^{tree}');
      other.git('push', '-q', '--force', 'origin', `${commit}:${TURN}`);
      return commit;
    },
    landIn: async ({ onWait, pace, onGate, behind = 0 }, more) => {
      let [now, waits, gates] = [0, 0, 0];
      const races: string[] = [];
      const clock = {
        ...at.project.system.clock,
        monotonic: () => now,
        wait: async (ms: number, stop?: AbortSignal) => {
          // The rest of a run waits as well, for an end that comes: only looks at the turn are short.
          if (ms > 10_000) return at.project.system.clock.wait(ms, stop);
          now += pace ?? ms;
          onWait?.(++waits);
        },
      };
      const emit: typeof at.project.emit = ({ event }) => {
        if (event.type === 'race') races.push(event.detail);
        const commands = event.type === 'gate' && event.name !== 'contract' && event.name !== 'backlog';
        if (commands) onGate?.(++gates);
      };
      const project = { ...at.project, emit, system: { ...at.project.system, clock } };
      const land = () => landWork(project, at.work(more));
      if (behind === 0) return { end: await land(), waited: now, races };
      const queue = `${at.project.repository.rotaDir}/queues/landing`;
      const landing = await inQueue(at.project.system.files, queue, 10_000, async () => {
        const begun = land();
        await until(() => readdirSync(`${queue}.line`).length >= 2, 'nobody waits in line');
        now += behind;
        return { begun };
      });
      return { end: await landing.begun, waited: now, races };
    },
  };
}

const theirs = (at: Fleet, path = 'src/theirs.txt') => {
  at.other.git('pull', '-q', '--ff-only', 'origin', 'main');
  at.other.commit('feat: theirs', { [path]: 'theirs\n' });
  at.other.git('push', '-q', 'origin', 'main');
};

test('nobody has it: one gate, and no turn is taken', async () => {
  const at = await fleet();
  const { end, races } = await at.landIn({ onGate: () => expect(at.turn()).toBe('') });
  expect(end.kind).toBe('landed');
  expect(races).toEqual([]);
  expect(at.turn()).toBe('');
});

test('another machine has it: nothing is gated before it has landed; then one gate, in its turn, which the landing gives back', async () => {
  const at = await fleet();
  at.taken();
  let landed = false;
  const { end, races } = await at.landIn({
    onWait: (waits) => {
      if (waits !== 2) return;
      theirs(at);
      at.other.git('push', '-q', 'origin', `:${TURN}`);
      landed = true;
    },
    onGate: () =>
      expect({ landed, turn: at.turn() }).toEqual({ landed: true, turn: expect.stringMatching(/./) }),
  });
  expect(end).toMatchObject({ kind: 'landed', main: at.other.git('rev-parse', 'HEAD') });
  expect(at.gated()).toHaveLength(1);
  expect(races).toEqual([]);
  expect(at.turn()).toBe('');
});

test('workers of other machines are at work: the first gate is in turn already', async () => {
  const at = await fleet();
  await at.workElsewhere();
  const { end, races } = await at.landIn({ onGate: () => expect(at.turn()).not.toBe('') });
  expect(end.kind).toBe('landed');
  expect(at.gated()).toHaveLength(1);
  expect(races).toEqual([]);
  expect(at.turn()).toBe('');
});

test('it waited for a worker of its own machine: others look first', async () => {
  const at = await fleet();
  await at.workElsewhere();
  const turns: string[] = [];
  const { end } = await at.landIn({ behind: 200_000, onWait: () => turns.push(at.turn()) });
  expect(end.kind).toBe('landed');
  // Nobody has it while it waits for the first time.
  expect(turns[0]).toBe('');
});

test('a gate is lost to another machine: the next one is in turn, while which nobody else gates', async () => {
  const at = await fleet();
  const { end, races } = await at.landIn({
    onGate: (gates) => {
      if (gates === 1) theirs(at);
      else expect(at.turn()).not.toBe('');
    },
  });
  expect(end.kind).toBe('landed');
  expect(at.gated()).toHaveLength(2);
  expect(races).toEqual(['main moved while the gate ran, it runs again']);
  expect(at.turn()).toBe('');
});

test('its holder has died: a minute later it is taken', async () => {
  const at = await fleet();
  const dead = at.taken();
  const { end, waited } = await at.landIn({ pace: 15_000, onGate: () => expect(at.turn()).not.toBe(dead) });
  expect(end.kind).toBe('landed');
  // The gate's command is waited for once, too.
  expect([60_000, 75_000]).toContain(waited);
  expect(at.turn()).toBe('');
});

test('its holder shows itself: it is waited for, but not for ever; without a turn it lands all the same', async () => {
  const at = await fleet();
  at.taken();
  let holder = '';
  const { end, waited } = await at.landIn({
    pace: 50_000,
    onWait: () => {
      holder = at.taken();
    },
  });
  expect(end.kind).toBe('landed');
  expect([600_000, 650_000]).toContain(waited);
  expect(at.turn()).toBe(holder);
});

test('it is taken away while it gates: it lands, and the other one keeps it', async () => {
  const at = await fleet();
  let other = '';
  const { end } = await at.landIn({
    onGate: (gates) => {
      if (gates === 1) theirs(at);
      else other = at.taken();
    },
  });
  expect(end.kind).toBe('landed');
  expect(at.turn()).toBe(other);
});

test('a remote that refuses it: it lands without', async () => {
  const at = await fleet();
  at.hub.write('hooks/update', `#!/bin/sh\ntest "$1" != ${TURN}\n`);
  chmodSync(join(at.hub.root, 'hooks/update'), 0o755);
  const { end } = await at.landIn({ onGate: (gates) => gates === 1 && theirs(at) });
  expect(end.kind).toBe('landed');
  expect(at.turn()).toBe('');
});

test('what is red in its turn gives it back', async () => {
  const at = await fleet();
  const { end } = await at.landIn({ onGate: (gates) => gates === 1 && theirs(at, 'broken') });
  expect(end.kind).toBe('main-red');
  expect(at.gated().length).toBeGreaterThan(1);
  expect(at.turn()).toBe('');
});

test('who is stopped while waiting lands nothing and takes no turn', async () => {
  const at = await fleet();
  const theirTurn = at.taken();
  const stop = new AbortController();
  const main = at.hub.git('rev-parse', 'main');
  const { end } = await at.landIn({ onWait: () => stop.abort('SIGINT') }, { stop: stop.signal });
  expect(end.kind).toBe('interrupted');
  expect(at.gated()).toEqual([]);
  expect(at.hub.git('rev-parse', 'main')).toBe(main);
  expect(at.turn()).toBe(theirTurn);
});

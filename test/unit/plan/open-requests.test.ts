import { describe, expect, it } from 'vitest';
import { whyNoMoreRequests } from '../../../src/plan/open-requests.ts';
import { pickTask } from '../../../src/plan/pick.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { taskKey } from '../../../src/task/id.ts';
import { heldBy, makeFacts, makeLock, makeRecord, makeTask } from './make.ts';

const why = (maxOpen: number, records: Partial<TaskRecord>[], integrate: 'pr' | 'merge' = 'pr') =>
  whyNoMoreRequests(
    {
      integrate,
      pullRequest: {
        ...{ labels: [], reviewers: [], draft: false, autoMerge: false, afterLostRaces: false },
        ...{ forge: 'auto', maxOpen },
      },
    },
    records.map((record) => heldBy(makeRecord(record))),
  );

describe('whyNoMoreRequests', () => {
  it('counts what is open, what was given back, and what is being worked on', () => {
    expect(why(1, [])).toBe(null);
    expect(why(2, [{ state: 'proposed' }])).toBe(null);
    expect(why(1, [{ state: 'proposed' }])).toBe('1 of 1 pull requests are open (max-open in rota.yaml)');
    expect(why(2, [{ state: 'returned' }, { state: 'proposed' }])).toContain('2 of 2');
    expect(why(2, [{ state: 'proposed' }, { lock: makeLock() }])).toContain(
      '1 of 2 pull requests are open, 1 more in work',
    );
    expect(why(2, [{ state: 'returned', lock: makeLock() }])).toBe(null);
  });

  it('does not count reservations, blocked work and records that cannot be read', () => {
    expect(why(1, [{ state: 'reserved', lock: makeLock() }, { state: 'blocked' }, { state: 'held' }])).toBe(
      null,
    );
    expect(whyNoMoreRequests({ integrate: 'pr', pullRequest: { maxOpen: 1 } as never }, [heldBy(null)])).toBe(
      null,
    );
  });

  it('limits nothing where rota moves main itself', () => {
    expect(why(1, [{ state: 'proposed' }], 'merge')).toBe(null);
  });
});

describe('picking with as many requests as there may be', () => {
  const [a1, a2] = [makeTask('A1'), makeTask('A2')];
  const full = '1 of 1 pull requests are open';
  it('takes nothing new, and goes on with what was given back', () => {
    const none = pickTask(makeFacts([a1, a2], { full }));
    expect(none.task).toBe(null);
    expect(none.explain.map(({ reason }) => reason)).toEqual([full, full]);
    const records = new Map([[taskKey('A2'), heldBy(makeRecord({ task: 'A2', state: 'returned' }))]]);
    expect(pickTask(makeFacts([a1, a2], { full, records })).task?.id).toBe('A2');
  });
});

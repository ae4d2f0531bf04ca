import { describe, expect, test } from 'vitest';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { hasSshd } from '../../support/sshd.ts';
import { openContractStore } from './contract-store.ts';
import { A1, change, MAIN } from './ref-changes.ts';

/** The whole contract over ssh: `ROTA_NETWORK=all npx vitest run test/git/store/shared-refs.contract.test.ts`. */
describe.skipIf(!hasSshd())('shared refs over ssh', () => {
  test('all or nothing, by compare-and-swap, with main among them', async () => {
    const { refs, record, main } = await openContractStore('ssh');
    const old = main();
    const [first, second] = [await record('A1'), await record('A1')];
    expect(await refs.swap([change('A1', null, first)])).toEqual({ kind: 'swapped' });
    expect(await refs.swap([change('A1', null, second)])).toEqual({ kind: 'stale', refs: [taskRef(A1)] });
    expect(await refs.swap([{ ref: MAIN, from: old, to: second }, change('A1', second, null)])).toEqual({
      kind: 'stale',
      refs: [taskRef(A1)],
    });
    expect(await refs.read()).toMatchObject({ main: old, tasks: new Map([[A1, first]]) });
    const both = [refs.swap([change('A1', first, null)]), refs.swap([change('A1', first, null)])];
    expect((await Promise.all(both)).map(({ kind }) => kind).toSorted()).toEqual(['stale', 'swapped']);
    expect((await refs.read()).tasks).toEqual(new Map());
  });

  test('one winner of four processes', async () => {
    const store = await openContractStore('ssh');
    const racers = await store.racers(4);
    try {
      const answers = await Promise.all(racers.map((racer) => racer.ask('A1')));
      expect(answers.map((answer) => answer.split(' ')[0]).toSorted()).toEqual([
        ...['stale', 'stale', 'stale', 'swapped'],
      ]);
      const winner = answers.find((answer) => answer.startsWith('swapped'))!;
      expect((await store.refs.read()).tasks).toEqual(new Map([[A1, winner.split(' ')[1]]]));
    } finally {
      for (const racer of racers) racer.stop();
    }
  });
});

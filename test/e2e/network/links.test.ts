import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { landings } from '../../support/aftermath.ts';
import { checkSound } from '../../support/checker/check-sound.ts';
import { hasNetns } from '../../support/netns.ts';
import { type NetworkScene, networkScene, type Way } from '../../support/network-scene.ts';
import { expectIntact, expectTidy } from '../../support/scene.ts';
import { hasSshd } from '../../support/sshd.ts';
import { until } from '../../support/until.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const MINE = { write: { 'src/mine.txt': 'mine\n' } };
const THEIRS = { write: { 'src/theirs.txt': 'theirs\n' } };
/** The long form: `ROTA_NETWORK=all npx vitest run test/e2e/network`. */
const ALL = process.env['ROTA_NETWORK'] === 'all';
/** A connection over ssh costs more than what is said on it. */
const WAYS: readonly Way[] = ALL ? ['http', 'ssh'] : ['http'];
/** Minutes until a lock that nobody renews is nobody's. */
const UNRENEWED = 16;

describe.skipIf(!hasNetns() || !hasSshd())('machines whose link to the remote goes down', () => {
  test('so long that the lock is free: the other one lands the task, the late landing is refused, nothing is lost', async () => {
    const at = await networkScene('http');
    const { s, one, two } = at;
    s.agent.script('A1', [MINE, { pause: 'mine' }], [THEIRS]);
    const late = one.machine.start(one.repo, ['run', 'developer']);
    await s.agent.reached('mine');
    one.machine.cut();
    await takeOver(at);
    expect(await two.machine.rota(two.repo, ['run', 'developer'])).toMatchObject({
      code: 0,
      doc: { outcome: 'landed', task: 'A1' },
    });
    one.machine.join();
    s.agent.goOn('mine');
    const end = await late.ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked', task: 'A1' } });
    expectTidy(s, end);
    expect(landings(s)).toHaveLength(1);
    expect(s.onMain('src/theirs.txt')).toBe('theirs\n');
    expect(one.repo.git('show', `${BRANCH}:src/mine.txt`)).toBe('mine');
    await expectSoundEverywhere(at);
  });

  test('while the agent works: it goes on, the landing waits and says so, and lands when the link is back', async () => {
    const at = await networkScene('http');
    const { s, one } = at;
    s.agent.script('A1', [MINE, { pause: 'mine' }]);
    const run = one.machine.start(one.repo, ['run', 'developer']);
    await s.agent.reached('mine');
    one.machine.cut();
    s.agent.goOn('mine');
    await run.said(/the landing waits for the remote/);
    one.machine.join();
    const end = await run.ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
    expect(end.stderr).toContain('the remote is there again');
    expectTidy(s, end);
    expect(landings(s)).toHaveLength(1);
    expect(s.onMain('src/mine.txt')).toBe('mine\n');
    await expectSoundEverywhere(at);
  });

  test.skipIf(!ALL)(
    'so long that the lock is free, and it is healed while the other one works: that one lands',
    async () => {
      const at = await networkScene('ssh');
      const { s, one, two } = at;
      s.agent.script('A1', [MINE, { pause: 'mine' }], [THEIRS, { pause: 'theirs' }]);
      const late = one.machine.start(one.repo, ['run', 'developer']);
      await s.agent.reached('mine');
      one.machine.cut();
      await takeOver(at);
      const other = two.machine.start(two.repo, ['run', 'developer']);
      await s.agent.reached('theirs');
      one.machine.join();
      s.agent.goOn('mine');
      const end = await late.ended;
      expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked', task: 'A1' } });
      expect(landings(s)).toEqual([]);
      s.agent.goOn('theirs');
      expect(await other.ended).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
      expect(landings(s)).toHaveLength(1);
      expect(s.onMain('src/theirs.txt')).toBe('theirs\n');
      expect(one.repo.git('show', `${BRANCH}:src/mine.txt`)).toBe('mine');
      await expectSoundEverywhere(at);
    },
  );

  test.each(WAYS)(
    'a machine that vanishes, %s: its task is free after 16 minutes, its pushed work goes on',
    async (way) => {
      const at = await networkScene(way, {
        config: (agent) => ({ gate: `["${agent.pauseCommand('gate')}", "test ! -e broken"]` }),
      });
      const { s, one, two } = at;
      s.agent.script('A1', [MINE], [THEIRS]);
      one.machine.start(one.repo, ['run', 'developer']);
      await s.agent.reached('gate');
      await until(() => s.branches(s.shared).includes(BRANCH), 'the work is not pushed');
      one.machine.cut();
      await one.machine.lose();
      await takeOver(at, async () => {
        const early = await two.machine.rota(two.repo, ['run', 'developer'], UNRENEWED - 2);
        expect(early).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
      });
      s.agent.goOn('gate');
      expect(await two.machine.rota(two.repo, ['run', 'developer'])).toMatchObject({
        code: 0,
        doc: { outcome: 'landed', task: 'A1' },
      });
      expect(s.onMain('src/mine.txt') + s.onMain('src/theirs.txt')).toBe('mine\ntheirs\n');
      one.machine.join();
      await expectSoundEverywhere(at);
    },
  );
});

/** The cable of the first machine goes down when the remote has done what this push asks for, before it can say so. */
function cutAfter({ s, one }: NetworkScene, ref: string): void {
  const once = join(s.box.folder, 'once');
  writeFileSync(once, '');
  const hook = `#!/bin/sh\nwhile read old new ref; do\n  case $ref in ${ref}) rm ${once} 2>/dev/null && ip link set ${one.machine.port} down;; esac\ndone\nexit 0\n`;
  s.shared.write('hooks/post-receive', hook);
}

/** The second machine sees the first one's lock, and sees it again when nobody has renewed it for so long. */
async function takeOver({ s, two }: NetworkScene, meanwhile = async () => {}): Promise<void> {
  const soon = await two.machine.rota(two.repo, ['sweep']);
  expect(soon).toMatchObject({ code: 0, doc: { freed: [] } });
  await meanwhile();
  expect(s.record('A1').lock.host).toBe('one');
  const later = await two.machine.rota(two.repo, ['sweep'], UNRENEWED);
  expect(later).toMatchObject({ code: 0, doc: { freed: [{ task: 'A1' }] } });
}

/** Git has no limit of its own for an answer that does not come: rota's is a minute. */
const A_MINUTE = 240_000;

describe.skipIf(!hasNetns() || !hasSshd() || !ALL).each(['http', 'ssh'] as const)(
  'a link that goes down in the middle of a push, %s',
  (way) => {
    test(
      'the landing’s: it has happened, and rota finds out when the link is back',
      async () => {
        const at = await networkScene(way);
        const { s, one } = at;
        s.agent.script('A1', [MINE, { pause: 'mine' }]);
        const run = one.machine.start(one.repo, ['run', 'developer']);
        await s.agent.reached('mine');
        cutAfter(at, 'refs/heads/main');
        s.agent.goOn('mine');
        await until(() => landings(s).length > 0, 'nothing lands');
        await run.said(/the landing waits for the remote/);
        one.machine.join();
        const end = await run.ended;
        expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
        expectTidy(s, end);
        expect(landings(s)).toHaveLength(1);
        await expectSoundEverywhere(at);
      },
      A_MINUTE,
    );

    test(
      'the claim’s: no agent starts, and the next run takes the task',
      async () => {
        const at = await networkScene(way);
        const { s, one } = at;
        s.agent.script('A1', [MINE]);
        cutAfter(at, 'refs/rota/tasks/A1');
        const end = await one.machine.rota(one.repo, ['run', 'developer']);
        expect(end).toMatchObject({ code: 3, doc: { error: { code: 'remote' } } });
        expect(s.agent.turns('A1')).toBe(0);
        one.machine.join();
        const next = await one.machine.rota(one.repo, ['run', 'developer']);
        expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
        expectTidy(s, next);
        expect(landings(s)).toHaveLength(1);
        await expectSoundEverywhere(at);
      },
      A_MINUTE,
    );
  },
);

/** What the independent checker says of the remote and both clones, once each machine has swept. */
async function expectSoundEverywhere({ s, one, two }: NetworkScene): Promise<void> {
  for (const { machine, repo } of [one, two])
    expect(await machine.rota(repo, ['sweep'])).toMatchObject({ code: 0, doc: { freed: [], landed: [] } });
  expectIntact(s, 'A1', 'done');
  const where = { shared: s.shared.root, clones: [one.repo.root, two.repo.root] };
  expect(await checkSound(where, { tasks: ['A1'] })).toEqual([]);
}

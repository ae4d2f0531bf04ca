import { setTimeout } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { PersonDesk } from './person-desk.ts';

/** A branch of the person's own with a commit, rebased onto main, merged. */
export async function rebaseTopic(desk: PersonDesk, chance: Dice): Promise<void> {
  const name = `topic-${desk.saves.length}`;
  if (!(await desk.git('switch', '-q', '-c', name)).ok) return;
  desk.save('notes/topic.txt');
  await desk.git('add', '--', 'notes/topic.txt');
  await desk.git('commit', '-q', '-m', `person: on ${name}`, '--', 'notes/topic.txt');
  await setTimeout(chance.below(300));
  await settled(desk, await desk.git('rebase', '-q', '--autostash', 'main'));
  await backToMain(desk);
  if (!(await desk.git('merge', '-q', '--ff-only', name)).ok)
    if (!(await desk.git('merge', '-q', '--no-edit', '-m', `person: merge ${name}`, name)).ok) {
      await desk.settle();
      await desk.git('commit', '-q', '--no-edit');
      desk.acknowledge();
    }
  await desk.git('branch', '-q', '-d', name);
}

/** Until the remote has it, eight times at most. */
export async function pullAndPush(desk: PersonDesk): Promise<void> {
  for (let tries = 0; tries < 8; tries++) {
    await settled(desk, await desk.git('pull', '-q', '--rebase', '--autostash'));
    if ((await desk.git('push', '-q', 'origin', 'main')).ok) return;
  }
}

/** Goes on with a rebase that stopped at conflicts, or gives it up. */
async function settled(desk: PersonDesk, { ok }: { ok: boolean }): Promise<void> {
  for (let tries = 0; !ok && tries < 5; tries++) {
    await desk.settle();
    if ((await desk.git('rebase', '--continue')).ok) break;
  }
  await desk.git('rebase', '--abort');
  // Changes that did not apply again are in the stash; their markers are settled like any.
  await desk.settle();
  await desk.git('reset', '-q');
  desk.acknowledge();
}

/** Whatever it takes, except losing something. */
export async function backToMain(desk: PersonDesk): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    if ((await desk.git('symbolic-ref', '-q', 'HEAD')).out === 'refs/heads/main') return;
    if (await desk.git('switch', '-q', 'main').then(({ ok }) => ok)) continue;
    await desk.git('stash', 'push', '-q', '-u');
    await setTimeout(20);
  }
  throw new Error(`${desk.home} cannot be brought back to main: ${(await desk.git('status')).out}`);
}

import * as person from './person-commands.ts';
import * as runs from './run-commands.ts';

const MACHINE = [0, 1] as const;

/**
 * One day on which everything happens that the model knows, in an order in which it matters. Which task a number means
 * depends on what is there; the model and the library have to agree on that, too.
 */
export function story(): readonly runs.ModelCommand[] {
  const [one, two] = MACHINE;
  return [
    // Two at work; the first lands and sets the order of the other's task; the other dies and is swept elsewhere.
    ...[runs.claimOne(one), runs.claimOne(two), runs.renewOne(0), runs.landOne(0, false, 0)],
    ...[runs.crash(0), runs.sweepOn(one), runs.jump(one, 0, 16), runs.sweepOn(one)],
    // Two attempts, then it is blocked: that a landing changes its order between them starts nothing again.
    ...[runs.claimOne(one), runs.claimOne(two), runs.landOne(0, true, null), runs.landOne(0, false, 1)],
    ...[runs.claimOne(one), runs.landOne(0, true, null), runs.claimOne(one)],
    ...[person.editTitle(1), runs.claimOne(one), person.reopen(1)],
    // People take it away: the block, the status, a lock of their own, the file.
    ...[runs.claimOne(one), person.unlockByHand(1), runs.renewOne(0), runs.claimOne(one)],
    ...[person.editStatus(1, 'draft', 'hand'), runs.landOne(0, false, null), runs.sweepOn(one)],
    person.reopen(1),
    ...[runs.claimOne(one), person.lockByHand(1), runs.landOne(0, false, null), runs.claimOne(one)],
    ...[person.unlockWithRota(1, one), runs.claimOne(one), person.remove(1), runs.renewOne(0)],
    ...[person.bringBack(0), person.lockWithRota(1, two), runs.claimOne(one), person.reopen(1)],
    // An edit while it is worked on, and a backoff that an hour ends.
    ...[runs.claimOne(one), person.editBody(1), runs.landOne(0, false, null)],
    ...[runs.claimOne(one), runs.stop(0, 'failed'), runs.claimOne(one), runs.jump(one, 2, 0)],
    // A worker that stood still for too long: another machine takes its task, and it lands nothing.
    ...[runs.claimOne(one), runs.sweepOn(two), runs.jump(two, 2, 16), runs.sweepOn(two)],
    ...[runs.claimOne(two), runs.landOne(0, false, null), runs.landOne(0, false, null)],
    // Paused, and two at the same moment afterwards.
    ...[person.reopen(0), person.reopen(2), runs.pause(null, true), runs.claimOne(one)],
    ...[runs.pause(null, false), runs.claimTogether(), person.rename(0), person.commitCode()],
    // Main is red: nothing lands, nothing is picked until it is mended.
    ...[person.breakMain(), runs.landOne(0, false, null), runs.claimOne(one), person.mendMain()],
    ...[runs.landOne(0, false, null), runs.claimOne(one), runs.landOne(0, false, null)],
    runs.sweepOn(one),
  ];
}

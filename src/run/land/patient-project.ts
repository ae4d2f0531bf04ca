import { RotaError } from '../../errors.ts';
import type { MoveMain } from '../../store/move-main.ts';
import type { SharedRefs } from '../../store/shared-refs.ts';
import { parseTaskId } from '../../task/id.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { isAncestor } from '../worktree/ancestry.ts';
import type { LandingWork } from './landing-work.ts';

/** Milliseconds between tries: twice as long each time, half more or less, so that not everybody comes back at once. */
const WAIT = { first: 1_000, most: 60_000 };
/** A sweeper elsewhere may take over after 15 minutes; whoever keeps the lock fires `stop` well before that. */
const PATIENCE = 14 * 60_000;

/**
 * The project for a landing: finished work waits for a remote that is gone, as long as its lock is certainly its own. What became
 * of a push whose answer was lost is read before it is tried again.
 *
 * Its calls throw RotaError `remote` once `work.stop` fires, because the lock could have been taken over or somebody stops it.
 */
export function patientProject(project: Project, work: LandingWork): Project {
  if (project.refs.kind === 'local') return project;
  const outage = outageOf(project, work);
  const read: SharedRefs['read'] = async () => {
    for (;;) {
      try {
        const view = await project.refs.read();
        outage.over();
        return view;
      } catch (error) {
        if (!(error instanceof RotaError) || error.code !== 'remote') throw error;
        await outage.wait(error.message);
      }
    }
  };

  const moveMain: MoveMain = async (move) => {
    for (let uncertain = false; ; uncertain = true) {
      const moved = await project.moveMain(move);
      if (moved.kind === 'unreachable') await outage.wait(moved.reason);
      else if (!uncertain || moved.kind === 'moved') return moved;
      // Nobody else makes this commit: where main has it, the push before this one arrived after all.
      if (await isAncestor(project, move.new, (await read()).main)) return { kind: 'moved', named: [] };
      if (moved.kind !== 'unreachable') return moved;
    }
  };

  const swap: SharedRefs['swap'] = async (changes) => {
    for (let uncertain = false; ; uncertain = true) {
      const swapped = await project.refs.swap(changes);
      if (swapped.kind === 'unreachable') await outage.wait(swapped.reason);
      else if (!uncertain || swapped.kind === 'swapped') return swapped;
      const { tasks } = await read();
      // Records are unique: one that is in place is ours, and all the rest with it.
      const written = changes.find(({ from, to }) => to !== null && to !== from);
      const key = parseTaskId(written?.ref.split('/').at(-1) ?? '');
      if (written !== undefined && key !== null && tasks.get(key) === written.to) return { kind: 'swapped' };
      if (swapped.kind !== 'unreachable') return swapped;
    }
  };

  return { ...project, refs: { ...project.refs, read, swap }, moveMain };
}

function outageOf(project: Project, { stop, lock, role }: LandingWork) {
  const { clock, random } = project.system;
  let began: number | null = null;
  let tries = 0;
  const tell = (message: string) => {
    const origin = { role: role.name, task: lock.record.task, run: lock.run };
    send(project, origin, { type: 'notice', level: 'warning', message });
  };
  return {
    over: () => {
      if (began !== null) tell('the remote is there again');
      began = null;
      tries = 0;
    },
    wait: async (reason: string): Promise<void> => {
      if (began === null) tell(`the landing waits for the remote: ${reason}`);
      began ??= clock.monotonic();
      const pause = Math.min(WAIT.most, WAIT.first * 2 ** tries++) * (0.5 + random.fraction());
      const end = began + PATIENCE;
      const left = end - clock.monotonic();
      if (!stop.aborted && left > 0) await clock.wait(Math.min(pause, left), stop);
      if (stop.aborted || clock.monotonic() >= end) throw new RotaError('remote', reason);
    },
  };
}

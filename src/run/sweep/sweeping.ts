import type { TaskKey } from '../../task/task.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { openSweepLog } from './sweep-log.ts';
import { SWEEP_LISTS, type SweepEntry, type SweepList, type SweepReport } from './sweep-report.ts';

export interface SweepOptions {
  /** Writes nothing and says what would be done. */
  readonly dryRun: boolean;
  /** A person gives up what cannot be rescued in this task's worktree. */
  readonly discard: TaskKey | null;
  /** `this-machine`: only what this machine can prove dead; no watching of other machines' locks. */
  readonly only?: 'this-machine';
  /** Ends landings that the sweep does. */
  readonly stop?: AbortSignal;
}

/** A sweep in progress: its options, and what it has to report. */
export interface Sweeping {
  readonly project: Project;
  readonly options: SweepOptions;
  /** Adds to the report, tells it, and notes it in the log of sweeps. `run`: the run that it is about. */
  readonly add: (
    list: SweepList,
    entry: Partial<SweepEntry> & { readonly reason: string },
    run?: string | null,
  ) => void;
  /** Says what was healed; not part of the report. */
  readonly healed: (reason: string) => void;
  readonly report: () => SweepReport;
  /** Resolves when everything so far is in the log of sweeps. */
  readonly noted: () => Promise<void>;
}

/** Starts an empty report. */
export function startSweeping(project: Project, options: SweepOptions): Sweeping {
  const lists: Record<SweepList, SweepEntry[]> = {
    freed: [],
    landed: [],
    rescued: [],
    removed: [],
    kept: [],
    followed: [],
  };
  const log = options.dryRun ? null : openSweepLog(project);
  const tell = (action: SweepList | 'healed', task: string | null, reason: string) =>
    send(project, { role: null, task, run: null }, { type: 'sweep', action, task, reason });
  return {
    project,
    options,
    add: (list, entry, run = null) => {
      const whole = { ...NOTHING, ...entry };
      lists[list].push(whole);
      tell(list, whole.task, whole.reason);
      log?.note({ action: list, run, ...whole });
    },
    healed: (reason) => {
      tell('healed', null, reason);
      log?.note({ action: 'healed', run: null, ...NOTHING, reason });
    },
    report: () =>
      Object.fromEntries(SWEEP_LISTS.map((list) => [list, lists[list]])) as Record<SweepList, SweepEntry[]>,
    noted: async () => log?.noted(),
  };
}

const NOTHING = { task: null, branch: null, worktree: null, rescue: null };

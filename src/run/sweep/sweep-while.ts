import type { Project } from '../project/project.ts';
import { sweep } from './sweep.ts';
import { SWEEP_LISTS, type SweepReport } from './sweep-report.ts';
import type { SweepOptions } from './sweeping.ts';

/** Between two looks at locks of other machines, in milliseconds. */
const PAUSE = 60_000;

/**
 * Sweeps again and again for so long. For machines that remember nothing: a lock of another machine is dead when *this* one
 * has seen it unchanged for 15 minutes, so 16 are enough to free all that was dead when it began.
 *
 * @param ms on this machine's monotonic clock
 * @param enough asked after each sweep: there is nothing left to wait for
 */
export async function sweepWhile(
  project: Project,
  options: SweepOptions,
  ms: number,
  enough: () => Promise<boolean> = async () => false,
): Promise<SweepReport> {
  const { clock } = project.system;
  const end = clock.monotonic() + ms;
  const reports: SweepReport[] = [];
  for (;;) {
    reports.push(await sweep(project, options));
    const left = end - clock.monotonic();
    if (left <= 0 || options.stop?.aborted === true || (await enough())) return together(reports);
    await clock.wait(Math.min(PAUSE, left), options.stop);
  }
}

/** What was kept and followed is so now: the last look says it. */
function together(reports: readonly SweepReport[]): SweepReport {
  const last = reports.at(-1)!;
  const all = SWEEP_LISTS.map((list) => [
    list,
    list === 'kept' || list === 'followed' ? last[list] : reports.flatMap((report) => report[list]),
  ]);
  return Object.fromEntries(all) as SweepReport;
}

import { spawnSync } from 'node:child_process';
import { checkSound } from '../support/checker/check-sound.ts';
import type { RotaRun } from './machine.ts';
import { type FleetPlaces, WORKER } from './make-fleet.ts';

/** What must not be: a task that did not land exactly once, something unsound in a repository, a bug that rota names itself. */
export async function judge(
  { hub, machines, ids, env }: FleetPlaces,
  { runs, landed }: { readonly runs: readonly RotaRun[]; readonly landed: readonly string[] },
): Promise<string[]> {
  const wrong = ids.flatMap((id) => {
    const times = landed.filter((one) => one === id).length;
    return times === 1 ? [] : [`${id} landed ${times} times.`];
  });
  const sound = await checkSound(
    { shared: hub, clones: machines.map(({ clone }) => clone) },
    {
      gate: (folder) => {
        const { status, stdout, stderr } = spawnSync('sh', ['gate.sh'], {
          cwd: folder,
          env,
          encoding: 'utf8',
        });
        return status === 0 ? null : `${stdout}${stderr}`.trim().split('\n')[0]!;
      },
      worker: WORKER,
      tasks: ids,
      said: runs.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
      stays: /^(work|pair)\//,
      mayDiffer: () => false,
    },
  );
  return [...wrong, ...runs.flatMap(oddEnd), ...sound];
}

function oddEnd({ machine, args, code, stdout, stderr }: RotaRun): string[] {
  const words = `rota ${args.join(' ')} on ${machine}`;
  if (code === null || code === 70 || /a bug in rota/.test(stderr + stdout))
    return [`${words} met a bug (exit ${code}): ${stderr.slice(0, 1500)}`];
  try {
    JSON.parse(stdout);
    return code === 2 ? [`${words} ended with 2: ${stderr.slice(0, 800)}`] : [];
  } catch {
    return [`${words} printed no document (exit ${code}): ${stderr.slice(0, 800)}`];
  }
}

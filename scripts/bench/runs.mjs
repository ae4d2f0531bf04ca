import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { median, met, ms, range } from './table.mjs';
import { ROTA } from './workplace.mjs';

/**
 * One task from start to landed, agent and gate taking no time of their own, against the same git steps in a shell.
 *
 * @param pause seconds before each: ext4 does not use an inode again for about a minute after its file was deleted, and making
 *   files takes several times longer while many are like that
 */
export async function measureRuns(workplace, { runs, files, pause }) {
  const { folder, makeRepo, run } = workplace;
  const repo = makeRepo(`files-${files}`, { tasks: runs + 1, files, ready: true });
  const [launch, landed, gone, shell] = [[], [], [], []];
  for (let n = 0; n < runs; n++) {
    await setTimeout(pause * 1000);
    const before = Date.now();
    const ran = await run(repo, [ROTA, 'run', 'developer', '--json']);
    const after = Date.now();
    const result = JSON.parse(ran.stdout);
    if (result.outcome !== 'landed') throw new Error(ran.stdout + ran.stderr);
    const [started, ended] = readFileSync(join(folder, 'marks'), 'utf8')
      .trim()
      .split('\n')
      .slice(-2)
      .map((line) => Number(line) / 1e6);
    const gate = result.gate.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
    launch.push(started - before);
    landed.push(landedAt(repo, result.run) - ended - gate);
    gone.push(after - ended - gate);
    await setTimeout(pause * 1000);
    shell.push(shellSteps(workplace, repo, n));
  }
  const floor = median(shell);
  const row = (name, times, most) => [
    `${name}, ${files.toLocaleString('en')} files`,
    ms(median(times)),
    range(times),
    times === shell ? '' : `${(median(times) / floor).toFixed(1)}x`,
    ...(most === undefined ? ['', ''] : [ms(most), met(median(times) <= most)]),
  ];
  return [
    row('the same git steps in a shell, floor: worktree, commit, merge, move main, remove', shell),
    row('start to agent launched', launch, 500),
    row('agent exit to landed, gate commands excluded', landed, 400),
    row('agent exit to the end of the command, worktree removed', gone),
  ];
}

/** When main had moved, by the run's own events; milliseconds since 1970. */
function landedAt(repo, run) {
  const events = readFileSync(join(repo, '.git/rota/runs', run, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const landing = events
    .map((line) => JSON.parse(line))
    .find(({ step, state }) => step === 'land' && state === 'done');
  return Date.parse(landing.at);
}

function shellSteps({ env }, repo, n) {
  const script = `set -e
git worktree add -q --no-track -b floor/${n} .worktrees/floor-${n} main
cd .worktrees/floor-${n}; echo ${n} > floor-${n}.txt; git add -A; git commit -q -m floor; cd ../..
tree=$(git merge-tree --write-tree main floor/${n})
merge=$(git commit-tree -p main -p floor/${n} -m floor $tree)
git checkout -q --detach $merge && git checkout -q main
git worktree remove .worktrees/floor-${n}; git branch -q -D floor/${n}`;
  const from = performance.now();
  execFileSync('sh', ['-c', script], { cwd: repo, env, stdio: 'pipe' });
  return performance.now() - from;
}

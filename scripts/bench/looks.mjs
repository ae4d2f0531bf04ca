import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
import { median, met, ms, range } from './table.mjs';
import { ROTA } from './workplace.mjs';

/** Commands that look, against `node -e 0`. */
export function measureLooks({ folder, env, makeRepo }, { runs, tasks }) {
  const cases = [
    { name: '`node -e 0`: the floor of what follows', args: ['-e', '0'], cwd: folder },
    { name: '`rota --version`', args: [ROTA, '--version'], cwd: folder, most: 1.5 },
  ];
  for (const count of tasks) {
    const cwd = makeRepo(`tasks-${count}`, { tasks: count, files: 10 });
    const most = { 1000: 3, 10000: 7 }[count];
    for (const args of [['list'], ['next', 'developer'], ['show', `A${count}`]])
      cases.push({
        name: `\`rota ${args.join(' ')}\`, ${count.toLocaleString('en')} tasks`,
        args: [ROTA, ...args],
        cwd,
        most: args[0] === 'show' ? undefined : most,
      });
  }
  const times = cases.map(() => []);
  for (let run = 0; run < runs + 1; run++) {
    cases.forEach(({ args, cwd }, at) => {
      const from = performance.now();
      const stdio = ['ignore', 'pipe', 'pipe'];
      const ran = spawnSync(execPath, args, { cwd, env, stdio, maxBuffer: 1 << 28 });
      if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`);
      // The first round fills caches, rota's and the disk's.
      if (run > 0) times[at].push(performance.now() - from);
    });
  }
  const floor = median(times[0]);
  return cases.map(({ name, most }, at) => {
    const ratio = median(times[at]) / floor;
    const target = most === undefined ? ['', ''] : [`${most}x`, met(ratio <= most)];
    return [name, ms(median(times[at])), range(times[at]), at === 0 ? '' : `${ratio.toFixed(1)}x`, ...target];
  });
}

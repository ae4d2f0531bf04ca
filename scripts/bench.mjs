// npm run bench [-- --runs 15] [--only look|run|claim]: the figures of docs/performance.md, each beside its floor.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { argv, execPath, version as nodeVersion, stdout } from 'node:process';
import { build } from './build.mjs';

const ROTA = resolve(import.meta.dirname, '../dist/rota.js');
const RUNS = Number(optionOf('--runs') ?? 15);
const ONLY = optionOf('--only');
const folder = mkdtempSync(join(tmpdir(), 'rota-bench-'));
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
  GIT_CONFIG_GLOBAL: join(folder, '.gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  NO_COLOR: '1',
};

await build();
try {
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    '[user]\n\tname = Bench\n\temail = bench@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n',
  );
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  say(
    `Node ${nodeVersion}, ${git}, ${cpus().length} cores, ${RUNS} runs each, interleaved with the floor.\n`,
  );
  if (ONLY === null || ONLY === 'look') look();
  if (ONLY === null || ONLY === 'run') for (const files of [100, 1000]) await runs(files);
  if (ONLY === null || ONLY === 'claim') await claims();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Commands that look, against `node -e 0`. */
function look() {
  const cases = [
    ['`node -e 0` (floor)', ['-e', '0'], folder],
    ['`rota --version`', [ROTA, '--version'], folder],
  ];
  for (const count of [100, 1000, 10_000]) {
    const repo = makeRepo(`tasks-${count}`, { tasks: count, files: 10 });
    for (const args of [['list'], ['next', 'developer'], ['show', `A${count}`]]) {
      cases.push([`\`rota ${args.join(' ')}\`, ${count} tasks`, [ROTA, ...args], repo]);
    }
  }
  const times = cases.map(() => []);
  for (let run = 0; run < RUNS + 1; run++) {
    cases.forEach(([, args, cwd], at) => {
      const from = performance.now();
      const ran = spawnSync(execPath, args, {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1 << 28,
      });
      if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`);
      // The first round fills caches, rota's and the disk's.
      if (run > 0) times[at].push(performance.now() - from);
    });
  }
  const floor = median(times[0]);
  table(
    ['command', 'median', 'min to max', 'of the floor'],
    cases.map(([name], at) => [
      name,
      ms(median(times[at])),
      range(times[at]),
      `${(median(times[at]) / floor).toFixed(1)}x`,
    ]),
  );
}

/** One task from start to landed, agent and gate taking no time of their own, against the same git steps in a shell. */
async function runs(files) {
  const count = Math.max(5, Math.ceil(RUNS / 2));
  const repo = makeRepo(`files-${files}`, { tasks: count + 1, files, ready: true });
  const [launch, landed, land, shell] = [[], [], [], []];
  for (let run = 0; run < count; run++) {
    const before = Date.now();
    const ran = await rota(repo, ['run', 'developer', '--json']);
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
    landed.push(after - ended - gate);
    land.push(result.seconds.land * 1000);
    shell.push(shellSteps(repo, run));
  }
  say(`Repository of ${files} files, no setup, no remote:\n`);
  table(
    ['figure', 'median', 'min to max'],
    [
      ['start to agent launched', ms(median(launch)), range(launch)],
      ['agent exit to the end of the command, gate excluded', ms(median(landed)), range(landed)],
      ['of that, landing (`seconds.land`)', ms(median(land)), range(land)],
      [
        'the same git steps in a shell (floor): worktree, commit, merge, move main, remove',
        ms(median(shell)),
        range(shell),
      ],
    ],
  );
}

function shellSteps(repo, run) {
  const script = `set -e
git worktree add -q --no-track -b floor/${run} .worktrees/floor-${run} main
cd .worktrees/floor-${run}; echo ${run} > floor-${run}.txt; git add -A; git commit -q -m floor; cd ../..
tree=$(git merge-tree --write-tree main floor/${run})
merge=$(git commit-tree -p main -p floor/${run} -m floor $tree)
git checkout -q --detach $merge && git checkout -q main
git worktree remove .worktrees/floor-${run}; git branch -q -D floor/${run}`;
  const from = performance.now();
  execFileSync('sh', ['-c', script], { cwd: repo, env, stdio: 'pipe' });
  return performance.now() - from;
}

/** 16 processes at once on 200 tasks: each task is claimed by exactly one. */
async function claims() {
  const tasks = 200;
  const repo = makeRepo('claims', { tasks, files: 20, ready: true, workers: 16 });
  const claimed = [];
  const waits = [];
  const from = performance.now();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (;;) {
        const ran = await rota(repo, ['run', 'developer', '--json']);
        const result = JSON.parse(ran.stdout);
        if (result.task === null) return;
        claimed.push(result.task);
        waits.push(result.seconds.claim * 1000);
      }
    }),
  );
  const trailers = execFileSync(
    'git',
    ['log', '--first-parent', '--format=%(trailers:key=Task,valueonly)', 'main'],
    { cwd: repo, env, encoding: 'utf8' },
  );
  const landed = trailers.split('\n').filter((line) => line !== '');
  say('16 processes, one backlog of 200 tasks, no remote:\n');
  table(
    ['figure', 'value'],
    [
      ['tasks claimed', `${new Set(claimed).size} of ${tasks}`],
      ['claimed twice', String(claimed.length - new Set(claimed).size)],
      ['landed, each once', `${new Set(landed).size} of ${landed.length}`],
      ['a claim, median and slowest', `${ms(median(waits))}, ${ms(Math.max(...waits))}`],
      ['all of it, agents and landings included', `${((performance.now() - from) / 1000).toFixed(0)} s`],
    ],
  );
}

function makeRepo(name, { tasks, files, ready = false, workers = 2 }) {
  const repo = join(folder, name);
  const agent = join(folder, 'agent.sh');
  writeFileSync(
    agent,
    `date +%s%N >> ${folder}/marks\necho "$ROTA_TASK" > "done-$ROTA_TASK.txt"\ndate +%s%N >> ${folder}/marks\n`,
  );
  const write = (path, text) => {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
  };
  write(
    'rota.yaml',
    `gate: ["true"]\nworkers: ${workers}\nagents:\n  bench: {command: [sh, ${agent}], prompt: stdin}\n`,
  );
  write(
    'roles/developer.md',
    '---\nrole: developer\ntakes: {type: [feature, bug, chore]}\nagent: bench\n---\nDo it.\n',
  );
  for (let n = 1; n <= files; n++) write(`src/m${n % 40}/file-${n}.txt`, `${n}\n`.repeat(20));
  for (let n = 1; n <= tasks; n++) {
    const status = ready ? 'ready' : n % 4 === 0 ? 'done' : n % 3 === 0 ? 'draft' : 'ready';
    const more = ready
      ? ''
      : `priority: ${['high', 'medium', 'low'][n % 3]}\ndepends: [${n > 3 ? `A${n - 3}` : ''}]\n`;
    write(
      `backlog/A${n}-task-number-${n}.md`,
      `---\nid: A${n}\ntitle: Task number ${n} does what it should\ntype: ${['feature', 'bug', 'chore'][n % 3]}\nstatus: ${status}\n${more}---\nWhat and why.\n\n- [ ] it works\n`,
    );
  }
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'chore: first'],
  ])
    execFileSync('git', args, { cwd: repo, env });
  return repo;
}

function rota(cwd, args) {
  return new Promise((done) => {
    const child = spawn(execPath, [ROTA, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ran = { stdout: '', stderr: '' };
    child.stdout.on('data', (piece) => (ran.stdout += piece));
    child.stderr.on('data', (piece) => (ran.stderr += piece));
    child.on('close', () => done(ran));
  });
}

function optionOf(name) {
  const at = argv.indexOf(name);
  return at === -1 ? null : (argv[at + 1] ?? null);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function ms(value) {
  return `${value.toFixed(0)} ms`;
}

function range(values) {
  return `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
}

function table(head, rows) {
  say([head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'));
  say('');
}

function say(text) {
  stdout.write(`${text}\n`);
}

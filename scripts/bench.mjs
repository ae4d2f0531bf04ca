// npm run bench [-- --runs 15] [--only look|run|claim] [--smoke]: the figures of docs/performance.md, each beside its floor.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { argv, execPath, version as nodeVersion, stderr, stdout } from 'node:process';
import { build } from './build.mjs';

const ROTA = resolve(import.meta.dirname, '../dist/rota.js');
/** One tiny round of everything: whether the bench works, not how fast anything is. */
const SMOKE = argv.includes('--smoke');
const SIZE = SMOKE
  ? { runs: 1, tasks: [12], files: [20], processes: 3, claims: 5 }
  : { runs: 15, tasks: [100, 1000, 10_000], files: [100, 1000], processes: 16, claims: 200 };
const RUNS = Number(optionOf('--runs') ?? SIZE.runs);
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

// Tests have built it already, and others may be running it.
if (!SMOKE || !existsSync(ROTA)) await build();
try {
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    '[user]\n\tname = Bench\n\temail = bench@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n',
  );
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  const load = loadavg()[0].toFixed(1);
  const began = performance.now();
  const rows = [
    ...(wanted('look') ? look() : []),
    ...(wanted('run') ? await inOrder(SIZE.files, runs) : []),
    ...(wanted('claim') ? await claims() : []),
  ];
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  stdout.write(
    `Node ${nodeVersion}, ${git}, ${cpus().length} cores, load average ${load} at the start; ${RUNS} runs; ${seconds} s in all.\n\n`,
  );
  stdout.write(`${markdown(['figure', 'measured', 'min to max', 'of its floor', 'target', 'met'], rows)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Commands that look, against `node -e 0`. */
function look() {
  say('looking');
  const cases = [
    { name: '`node -e 0`: the floor of what follows', args: ['-e', '0'], cwd: folder },
    { name: '`rota --version`', args: [ROTA, '--version'], cwd: folder, most: 1.5 },
  ];
  for (const count of SIZE.tasks) {
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
  for (let run = 0; run < RUNS + 1; run++) {
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

/** One task from start to landed, agent and gate taking no time of their own, against the same git steps in a shell. */
async function runs(files) {
  say(`runs in a repository of ${files} files`);
  const count = SMOKE ? 1 : Math.max(5, Math.ceil(RUNS / 2));
  const repo = makeRepo(`files-${files}`, { tasks: count + 1, files, ready: true });
  const [launch, landed, gone, shell] = [[], [], [], []];
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
    landed.push(landedAt(repo, result.run) - ended - gate);
    gone.push(after - ended - gate);
    shell.push(shellSteps(repo, run));
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

/** Many processes at once on one backlog: each task is claimed by exactly one. */
async function claims() {
  const { processes, claims: tasks } = SIZE;
  say(`${processes} processes on ${tasks} tasks`);
  const repo = makeRepo('claims', { tasks, files: 20, ready: true, workers: processes });
  const claimed = [];
  const waits = [];
  const from = performance.now();
  await Promise.all(
    Array.from({ length: processes }, async () => {
      for (;;) {
        const ran = await rota(repo, ['run', 'developer', '--json']);
        const result = JSON.parse(ran.stdout);
        if (result.task === null) return;
        claimed.push(result.task);
        waits.push(result.seconds.claim * 1000);
      }
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  const args = ['log', '--first-parent', '--format=%(trailers:key=Task,valueonly)', 'main'];
  const trailers = execFileSync('git', args, { cwd: repo, env, encoding: 'utf8' });
  const landed = trailers.split('\n').filter((line) => line !== '');
  const each = (ids) => new Set(ids).size === tasks && ids.length === tasks;
  const many = `${processes} processes, ${tasks} tasks`;
  return [
    [
      `${many}: claimed, each once`,
      `${new Set(claimed).size}, ${claimed.length} claims`,
      '',
      '',
      'all',
      met(each(claimed)),
    ],
    [
      `${many}: landed, each once`,
      `${new Set(landed).size}, ${landed.length} landings`,
      '',
      '',
      'all',
      met(each(landed)),
    ],
    [
      `${many}: a claim`,
      ms(median(waits)),
      range(waits),
      '',
      '2,000 ms at most',
      met(Math.max(...waits) <= 2000),
    ],
    [`${many}: everything, landings included`, `${seconds.toFixed(0)} s`, '', '', '', ''],
  ];
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

function markdown(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function met(yes) {
  return yes ? 'yes' : 'no';
}

function wanted(part) {
  return ONLY === null || ONLY === part;
}

async function inOrder(values, measure) {
  const rows = [];
  for (const value of values) rows.push(...(await measure(value)));
  return rows;
}

function say(text) {
  stderr.write(`${text}\n`);
}

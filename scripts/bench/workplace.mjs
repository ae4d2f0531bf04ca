import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execPath } from 'node:process';

/** The built command. */
export const ROTA = resolve(import.meta.dirname, '../../dist/rota.js');

/** A folder with everything that a bench makes, and an environment with nothing of the person's in it. */
export function openWorkplace() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rota-bench-')));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    GIT_CONFIG_GLOBAL: join(folder, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    '[user]\n\tname = Bench\n\temail = bench@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n',
  );
  const git = (cwd, args) => execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  return {
    folder,
    env,
    git,
    /** Runs a program of node to its end. */
    run: (cwd, args) => run(cwd, args, env),
    makeRepo: (name, what) => makeRepo({ folder, git }, name, what),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(cwd, args, env) {
  return new Promise((done) => {
    const child = spawn(execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ran = { stdout: '', stderr: '' };
    child.stdout.on('data', (piece) => (ran.stdout += piece));
    child.stderr.on('data', (piece) => (ran.stderr += piece));
    child.on('close', (code) => done({ ...ran, code }));
  });
}

function makeRepo({ folder, git }, name, { tasks, files, ready = false, workers = 2 }) {
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
  for (let n = 1; n <= tasks; n++) write(`backlog/A${n}-task-number-${n}.md`, taskText(n, ready));
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'chore: first'],
  ])
    git(repo, args);
  return repo;
}

function taskText(n, ready) {
  const status = ready ? 'ready' : n % 4 === 0 ? 'done' : n % 3 === 0 ? 'draft' : 'ready';
  const more = ready
    ? ''
    : `priority: ${['high', 'medium', 'low'][n % 3]}\ndepends: [${n > 3 ? `A${n - 3}` : ''}]\n`;
  const type = ['feature', 'bug', 'chore'][n % 3];
  return `---\nid: A${n}\ntitle: Task number ${n} does what it should\ntype: ${type}\nstatus: ${status}\n${more}---\nWhat and why.\n\n- [ ] it works\n`;
}

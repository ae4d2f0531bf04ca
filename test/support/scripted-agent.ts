import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.ts';

/** One thing that the scripted agent does. Paths are those of its worktree. */
export type Step =
  | { readonly write: Readonly<Record<string, string>> }
  | { readonly delete: readonly string[] }
  /** Path -> target of a symbolic link. */
  | { readonly link: Readonly<Record<string, string>> }
  | { readonly git: readonly string[] }
  | { readonly sh: string }
  /** What goes to `$ROTA_RESULT`. */
  | { readonly result: string }
  /** Tells the test that it got here, then waits until the test lets it go on. */
  | { readonly pause: string }
  | { readonly print: string }
  | { readonly exit: number };

export interface ScriptedAgent {
  /** For rota.yaml's `agents`. */
  readonly command: readonly string[];
  /** The files of the agent, for the repository. */
  readonly files: Readonly<Record<string, string>>;
  /** What it does for a task: one list of steps for each turn, over all runs. */
  script(task: string, ...turns: readonly (readonly Step[])[]): void;
  /** Turns that a task has had so far. */
  turns(task: string): number;
  /** The prompt of a task's turn n, counted from 1. */
  prompt(task: string, turn: number): string;
  /** Its environment in that turn. */
  environment(task: string, turn: number): Record<string, string>;
  /** Resolves when the agent, a gate or a setup has reached this pause. */
  reached(name: string): Promise<void>;
  goOn(name: string): void;
  /** A shell command that pauses, for gates and setups. */
  pauseCommand(name: string): string;
}

const PROGRAM = `import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const [, , desk] = process.argv;
const task = process.env.ROTA_TASK;
appendFileSync(desk + '/' + task + '.turns', '.');
const turn = readFileSync(desk + '/' + task + '.turns', 'utf8').length;
writeFileSync(desk + '/' + task + '-' + turn + '.prompt', readFileSync(0));
writeFileSync(desk + '/' + task + '-' + turn + '.env', JSON.stringify(process.env));
const script = desk + '/' + task + '.json';
const steps = existsSync(script) ? (JSON.parse(readFileSync(script, 'utf8'))[turn - 1] ?? []) : [];
const stdio = ['ignore', 'inherit', 'inherit'];
const put = (path, make) => {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  make(path);
};
const there = (path) =>
  new Promise((done) => {
    const look = () => (existsSync(path) ? done() : setTimeout(look, 10));
    look();
  });
const verbs = {
  write: (files) => Object.entries(files).forEach(([path, text]) => put(path, () => writeFileSync(path, text))),
  delete: (paths) => paths.forEach((path) => rmSync(path, { recursive: true })),
  link: (links) => Object.entries(links).forEach(([path, target]) => put(path, () => symlinkSync(target, path))),
  git: (args) => execFileSync('git', args, { stdio }),
  sh: (text) => execFileSync('sh', ['-c', text], { stdio }),
  result: (text) => writeFileSync(process.env.ROTA_RESULT, text),
  pause: async (name) => {
    writeFileSync(desk + '/reached-' + name, '');
    await there(desk + '/go-' + name);
  },
  print: (text) => console.log(text),
  exit: (code) => process.exit(code),
};
for (const step of steps) {
  const [[verb, what]] = Object.entries(step);
  await verbs[verb](what);
}
`;

/** An agent that does what a test has written down for it. `desk` is a folder outside every repository. */
export function scriptedAgent(desk: string): ScriptedAgent {
  mkdirSync(desk, { recursive: true });
  const at = (name: string) => join(desk, name);
  return {
    command: ['node', 'tools/agent.mjs', desk],
    files: { 'tools/agent.mjs': PROGRAM },
    script: (task, ...turns) => writeFileSync(at(`${task}.json`), JSON.stringify(turns)),
    turns: (task) => (existsSync(at(`${task}.turns`)) ? readFileSync(at(`${task}.turns`)).length : 0),
    prompt: (task, turn) => readFileSync(at(`${task}-${turn}.prompt`), 'utf8'),
    environment: (task, turn) => JSON.parse(readFileSync(at(`${task}-${turn}.env`), 'utf8')),
    reached: (name) => until(() => existsSync(at(`reached-${name}`)), `${name} was not reached`),
    goOn: (name) => writeFileSync(at(`go-${name}`), ''),
    pauseCommand: (name) =>
      `touch ${at(`reached-${name}`)}; while ! test -e ${at(`go-${name}`)}; do sleep 0.02; done`,
  };
}

/** The text of a result file. */
export function resultText(frontMatter: string, body = ''): string {
  return `---\n${frontMatter}\n---\n${body}`;
}

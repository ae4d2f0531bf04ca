import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena, Site } from './make-arena.ts';
import { startOf } from './processes.ts';

export type Part = 'worker' | 'sweeper' | 'person';

/** The phase before a process has said anything of a run. */
export const START = 'start';

/** A process of the built command. */
export interface RotaProcess {
  readonly pid: number;
  /** Kernel's start time. */
  readonly start: string;
  readonly part: Part;
  readonly site: Site;
  readonly home: string;
  readonly args: readonly string[];
  /** performance.now() */
  readonly began: number;
  /** It is left alone, whatever its children meet. */
  readonly spared: boolean;
  /** It was killed here. */
  killed: boolean;
  /** It or a process of its own was killed: what it did not do is not held against it. */
  hurt: boolean;
  /** The step of its run that it spoke of last, or START. */
  phase(): string;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: documents of many commands
  readonly doc: any;
  readonly stderr: string;
}

/** Starts processes of rota and knows those that live. */
export interface RotaProcesses {
  start(part: Part, site: Site, home: string, args: readonly string[], spared?: boolean): RotaProcess;
  readonly live: ReadonlySet<RotaProcess>;
  /** Pids of all that ever were, with their starts: each led a process group. */
  readonly groups: ReadonlyMap<number, string>;
  /** Ends that no kill explains: a bug's stack, a document that is none, bad usage. */
  readonly odd: readonly string[];
  /** How runs and sweeps ended -> how often. */
  readonly counts: ReadonlyMap<string, number>;
}

export function rotaProcesses(arena: Arena): RotaProcesses {
  const live = new Set<RotaProcess>();
  const groups = new Map<number, string>();
  const odd: string[] = [];
  const counts = new Map<string, number>();

  const start: RotaProcesses['start'] = (part, site, home, args, spared = false) => {
    const child = spawn(process.execPath, [arena.rota, ...args, '--json'], {
      ...{ cwd: home, env: arena.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const [out, err] = [[] as Buffer[], [] as Buffer[]];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    const ended = new Promise<Ended>((done) => {
      child.on('close', (code, signal) => {
        live.delete(started);
        const [stdout, stderr] = [Buffer.concat(out).toString('utf8'), Buffer.concat(err).toString('utf8')];
        appendFileSync(
          join(arena.desk, 'said'),
          `\n$ ${args.join(' ')} (${home}, ${pid})\n${stdout}${stderr}`,
        );
        done(endOf(started, { code, signal, doc: parse(stdout), stderr }));
      });
    });
    const pid = child.pid!;
    const started: RotaProcess = {
      ...{ pid, start: startOf(pid) ?? '', part, site, home, args, began: performance.now() },
      ...{ spared, killed: false, hurt: false, phase: () => phaseIn(err), ended },
    };
    live.add(started);
    groups.set(pid, started.start);
    return started;
  };

  const endOf = (process: RotaProcess, end: Ended): Ended => {
    const words = `rota ${process.args.join(' ')} in ${process.home} (process ${process.pid})`;
    if (process.killed) count(counts, `${process.part}: killed`);
    // Before it listens to signals it has nothing to put in order.
    else if (end.signal === 'SIGINT') count(counts, `${process.part}: stopped`);
    else if (end.signal !== null) odd.push(`${words} was ended by ${end.signal}.`);
    else if (
      end.code === 70 ||
      /this is a bug in rota|a bug in rota:/.test(end.stderr + JSON.stringify(end.doc))
    )
      odd.push(`${words} met a bug: ${end.stderr.slice(0, 1500)}`);
    else if (end.doc === undefined)
      odd.push(`${words} printed no document (exit ${end.code}): ${end.stderr.slice(0, 800)}`);
    else if (end.code === 2 && process.part !== 'person')
      odd.push(`${words} ended with 2: ${end.stderr.slice(0, 800)}`);
    if (!process.killed && end.doc !== undefined)
      for (const outcome of outcomesOf(process, end)) count(counts, outcome);
    return end;
  };

  return { start, live, groups, odd, counts };
}

function outcomesOf({ part, args }: RotaProcess, { code, doc }: Ended): string[] {
  if (doc?.error !== undefined) return [`${part}: ${args[0]} failed (${doc.error.code})`];
  if (args[0] === 'sweep') return [`${part}: sweep ended`];
  const results: { outcome: string }[] = Array.isArray(doc) ? doc : [doc];
  return args[0] === 'run' || args[0] === 'shift'
    ? results.map(({ outcome }) => `run: ${outcome}`)
    : [`${part}: ${args[0]} ${code === 0 ? 'done' : 'not done'}`];
}

/** Lines of a run are `HH:MM:SS role task step …`; those of the sweep before it have no role. */
function phaseIn(stderr: readonly Buffer[]): string {
  const last = stderr.at(-1)?.toString('utf8').trimEnd().split('\n').at(-1);
  return /^\d\d:\d\d:\d\d (?!-)\S+ (?!-)\S+ (\w+)/.exec(last ?? '')?.[1] ?? START;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { resolve } from 'node:path';
import type { ProgramStart } from '../../isolate/none.ts';
import { forbiddenCommand } from '../../plan/permission-command.ts';
import type { RunningProcess, System } from '../../system/ports.ts';
import { type Ground, placeOf } from './places.ts';

export interface TerminalWish {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly cwd?: string | null | undefined;
  readonly outputByteLimit?: number | null | undefined;
}

export interface TerminalExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface TerminalOutput {
  readonly output: string;
  readonly truncated: boolean;
  readonly exitStatus: TerminalExit | null;
}

/** Commands that rota runs for an agent, as the agent itself would run them: isolated like it, marked as its run's. */
export interface Terminals {
  create(
    wish: TerminalWish,
  ): Promise<
    | { readonly kind: 'created'; readonly id: string }
    | { readonly kind: 'denied' | 'failed'; readonly reason: string }
  >;
  /** Undefined from each of these: there is no such terminal. */
  output(id: string): TerminalOutput | undefined;
  exited(id: string): Promise<TerminalExit> | undefined;
  kill(id: string): Promise<void> | undefined;
  /** Ends it and forgets it. */
  release(id: string): Promise<void> | undefined;
  /** Ends all of them, for good. */
  close(): Promise<void>;
}

export interface TerminalGround {
  readonly ground: Ground;
  readonly env: Readonly<Record<string, string>>;
  wrap(start: ProgramStart): ProgramStart;
  /** There is output: a sign of life. */
  alive(): void;
}

interface Terminal {
  readonly running: RunningProcess;
  readonly kept: KeptOutput;
  exit: TerminalExit | null;
}

/** At the same time. */
const MOST = 32;
/** Bytes of output that are kept of one. */
const MOST_OUTPUT = 1024 * 1024;

export function openTerminals(system: System, desk: TerminalGround): Terminals {
  const open = new Map<string, Terminal>();
  let made = 0;
  let closed = false;

  function whyNot({ command, args = [], env = [] }: TerminalWish): string | null {
    if (open.size >= MOST) return `there are ${MOST} terminals already: release one first`;
    const odd = env.find(({ name, value }) => !/^[A-Za-z_]\w*$/.test(name) || value.includes('\0'));
    if (odd !== undefined) return `the variable ${odd.name.slice(0, 80)} cannot be set`;
    const own = env.find(({ name }) => /^(?:ROTA|GIT)_/.test(name));
    if (own !== undefined) return `the variable ${own.name.slice(0, 80)} is not the agent's to set`;
    return [command, ...args].some((word) => word.includes('\0')) ? 'there is a NUL in it' : null;
  }

  async function create(wish: TerminalWish): ReturnType<Terminals['create']> {
    const argv = argvOf(wish);
    const ruledOut = forbiddenCommand(wish.args?.length ? argv : wish.command);
    if (ruledOut !== null) return { kind: 'denied', reason: ruledOut };
    // The protocol asks for an absolute path; another one can only mean the agent's own folder.
    const cwd = resolve(desk.ground.told.worktree, wish.cwd ?? '.');
    const place = await placeOf(system.files, desk.ground, cwd);
    if (place.kind !== 'inside')
      return { kind: 'denied', reason: `${cwd}: that is outside the folder of this run` };
    const reason = closed ? 'the turn is over' : whyNot(wish);
    if (reason !== null) return { kind: 'failed', reason };
    const id = `terminal-${++made}`;
    const kept = keepOutput(Math.min(wish.outputByteLimit ?? MOST_OUTPUT, MOST_OUTPUT));
    const added = Object.fromEntries((wish.env ?? []).map(({ name, value }) => [name, value]));
    const running = system.processes.start({
      ...desk.wrap({ argv, cwd, env: { ...desk.env, ...added } }),
      onOutput: (chunk) => {
        kept.add(chunk);
        desk.alive();
      },
    });
    const terminal: Terminal = { running, kept, exit: null };
    open.set(id, terminal);
    void running.ended.then(({ code, signal, spawnError }) => {
      if (spawnError !== null) kept.add(Buffer.from(`${argv[0]}: ${spawnError}\n`));
      terminal.exit = { exitCode: spawnError === null ? code : 127, signal };
    });
    return { kind: 'created', id };
  }

  /** As far as it can be found by its group; the end of the turn finds the rest by its marks. */
  async function end({ running }: Terminal): Promise<void> {
    if (running.pid === null) return;
    const { processTable: table, clock } = system;
    table.signal(running.pid, 'SIGTERM', true);
    await Promise.race([running.ended, clock.wait(GRACE)]);
    table.signal(running.pid, 'SIGKILL', true);
    await Promise.race([running.ended, clock.wait(GRACE)]);
  }

  return {
    create,
    output: (id) => {
      const terminal = open.get(id);
      return terminal && { ...terminal.kept.text(), exitStatus: terminal.exit };
    },
    exited: (id) => {
      const terminal = open.get(id);
      return terminal?.running.ended.then(async () => (await drained(system, terminal)).exit!);
    },
    kill: (id) => {
      const terminal = open.get(id);
      return terminal && end(terminal);
    },
    release: (id) => {
      const terminal = open.get(id);
      open.delete(id);
      return terminal && end(terminal);
    },
    close: async () => {
      closed = true;
      await Promise.all([...open.values()].map(end));
      open.clear();
    },
  };
}

const GRACE = 1_000;

/** Its last output is often behind its exit; a daemon that keeps the pipe is not waited for. */
async function drained({ clock }: System, terminal: Terminal): Promise<Terminal> {
  const waited = new AbortController();
  await Promise.race([terminal.running.outputEnded, clock.wait(GRACE, waited.signal)]);
  waited.abort();
  return terminal;
}

/** Some agents send a line for a shell, others a program with its arguments. */
function argvOf({ command, args = [] }: TerminalWish): string[] {
  return args.length > 0 ? [command, ...args] : ['sh', '-c', command];
}

interface KeptOutput {
  add(chunk: Buffer): void;
  text(): { output: string; truncated: boolean };
}

/** The last bytes, from the start of a character on. */
function keepOutput(most: number): KeptOutput {
  let kept: Buffer[] = [];
  let size = 0;
  let truncated = false;
  const shrink = () => {
    const all = Buffer.concat(kept);
    let from = Math.max(0, all.length - most);
    while (from < all.length && from > 0 && (all[from]! & 0xc0) === 0x80) from++;
    // A copy: what is cut off is not to stay in memory.
    kept = [Buffer.from(all.subarray(from))];
    size = kept[0]!.length;
    if (from > 0) truncated = true;
  };
  return {
    add: (chunk) => {
      kept.push(chunk);
      size += chunk.length;
      if (size > 2 * most + 64 * 1024) shrink();
    },
    text: () => {
      if (size > most) shrink();
      return { output: Buffer.concat(kept).toString('utf8'), truncated };
    },
  };
}

import { RotaError } from '../../src/errors.ts';
import type { Files, GitDoor, GitPlace, Processes, RunningProcess, System } from '../../src/system/ports.ts';
import type { Fault } from './fault.ts';
import { failFile, failingGit, failsToo, isNetwork, notStarted, refused } from './faulty-answers.ts';
import { gitCommand, isChanging, type PortCall } from './is-changing.ts';

/** A call of a port, before it happens. */
export interface Meeting {
  /** Short, for people. */
  readonly label: string;
  readonly changing: boolean;
  /** Another changing call had not ended yet. */
  readonly overlaps: boolean;
}

export interface FaultySystem {
  readonly system: System;
  /** Resolves when the process has died, and every program that it was waiting for has ended. */
  readonly died: Promise<void>;
  /** Whether the fault has happened. */
  readonly hit: () => boolean;
  /** Ends the process if it has not died: nothing that it left running in the background goes on. */
  readonly end: () => Promise<void>;
}

/** While an error lasts, waits of so many milliseconds and more go by so many times faster. */
const LONG_WAIT = 500;
const FASTER = 50;
const PID = 2 ** 22 + 7;
const STARTED = '1';

export interface FaultyOptions {
  /** Hears of each call before it happens. */
  readonly onCall?: (meeting: Meeting) => void;
  /**
   * Hears of each changing step n when it has happened and before the caller does. `alone`: no other changing call is under
   * way, and no agent or gate runs.
   */
  readonly onDone?: (n: number, alone: boolean) => void;
  /** Default: one beyond any that a process can have: what it names has ended as soon as nobody says otherwise. */
  readonly pid?: number;
}

/**
 * A system whose changing effects are numbered, and whose process dies, or whose surroundings fail, at one of them. A dead process
 * does nothing any more: its calls never return, so no `finally` of it runs either. What it had started goes on by itself,
 * as after a SIGKILL. While it lives its pid counts as alive.
 */
export function faultySystem(
  real: System,
  fault: Fault,
  { onCall, onDone, pid: ownPid = PID }: FaultyOptions = {},
): FaultySystem {
  const state = { changing: 0, dead: false, hit: false };
  /** Agents and gates. */
  let running = 0;
  /** What the error met; what else fails depends on it. */
  let first: PortCall | null = null;
  /** Calls that were judged as changing: making a folder changes nothing any more once it is made. */
  const steps = new WeakSet<PortCall>();
  /** Changing calls under way. */
  let writing = 0;
  const underWay = new Set<Promise<unknown>>();
  /** Milliseconds that the clock has run ahead: what waits minutes for a remote that stays away is not waited for here. */
  let ahead = 0;
  const lasts = () => state.hit && fault.kind === 'error' && fault.persistent;
  const waits = new AbortController();
  let announceDeath: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    announceDeath = resolve;
  });

  function die(): Promise<never> {
    if (!state.dead) {
      state.dead = true;
      waits.abort();
      void Promise.allSettled(underWay).then(() => announceDeath());
    }
    return new Promise<never>(() => undefined);
  }

  /** What the fault says about this call. */
  function judge(call: PortCall): 'go' | 'die-before' | 'die-after' | 'fail' | 'fail-after' {
    const changing = isChanging(call);
    const label = labelOf(call);
    onCall?.({ label, changing, overlaps: writing > 0 });
    if (!changing) return isCutOff(call) ? 'fail' : 'go';
    steps.add(call);
    const n = ++state.changing;
    if (
      fault.kind === 'death' &&
      (typeof fault.at === 'number' ? n === fault.at : !state.hit && fault.at(label))
    ) {
      state.hit = true;
      return fault.when === 'before' ? 'die-before' : 'die-after';
    }
    if (fault.kind !== 'error' || call.port === 'processTable') return 'go';
    if (n === fault.at) {
      state.hit = true;
      first = call;
      return fault.effect ? 'fail-after' : 'fail';
    }
    return n > fault.at && fault.persistent && first !== null && failsToo(fault, first, call) ? 'fail' : 'go';
  }

  /** A remote that is gone cannot be read either. */
  function isCutOff(call: PortCall): boolean {
    return (
      fault.kind === 'error' && fault.persistent && first !== null && isNetwork(first) && isNetwork(call)
    );
  }

  async function pass<T>(call: PortCall, act: () => Promise<T>, fail: () => Promise<T>): Promise<T> {
    if (state.dead) return die();
    const verdict = judge(call);
    if (verdict === 'die-before') return die();
    if (verdict === 'fail') return fail();
    const n = state.changing;
    const changing = steps.delete(call) ? 1 : 0;
    writing += changing;
    const acting = act();
    underWay.add(acting);
    const settled = () => {
      writing -= changing;
      underWay.delete(acting);
    };
    acting.then(settled, settled);
    try {
      const result = await acting;
      if (state.dead || verdict === 'die-after') return die();
      if (changing === 1) onDone?.(n, writing + running === 0);
      return verdict === 'fail-after' ? fail() : result;
    } catch (error) {
      if (state.dead || verdict === 'die-after') return die();
      if (changing === 1) onDone?.(n, writing + running === 0);
      throw error;
    }
  }

  const files = new Proxy(real.files, {
    get: (target, name) => {
      const act = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) =>
        pass(
          { port: 'files', name: String(name), args },
          () => act.apply(target, args),
          () => failFile(String(name), args, fault),
        );
    },
  }) satisfies Files;

  const git: GitDoor = {
    run: (place, args, options) =>
      pass(
        { port: 'git', name: 'run', args },
        () => real.git.run(place, args, options),
        () => failingGit(args, fault).run(place, args, options),
      ),
    text: (place: GitPlace, args, options) =>
      pass(
        { port: 'git', name: 'text', args },
        () => real.git.text(place, args, options),
        () => failingGit(args, fault).text(place, args, options),
      ),
    objects: (place, question, names) =>
      pass(
        { port: 'git', name: 'objects', args: ['cat-file', question] },
        () => real.git.objects(place, question, names),
        () => Promise.reject(new RotaError('git', 'git cat-file failed')),
      ),
  };

  const processes: Processes = {
    run: (spec) =>
      pass(
        { port: 'processes', name: 'run', spec },
        () => real.processes.run(spec),
        () => Promise.resolve(notStarted()),
      ),
    start: (spec) => {
      if (state.dead) return never();
      const verdict = judge({ port: 'processes', name: 'start', spec });
      if (verdict === 'die-before') {
        void die();
        return never();
      }
      if (verdict === 'fail' || verdict === 'fail-after') return refused();
      const program = real.processes.start({
        ...spec,
        onOutput: (chunk, stream) => {
          if (!state.dead) spec.onOutput(chunk, stream);
        },
      });
      if (verdict === 'die-after') {
        void die();
        return never();
      }
      running += 1;
      void program.ended.then(() => {
        running -= 1;
      });
      const unlessDead = <T>(value: T): T | Promise<never> => (state.dead ? die() : value);
      return {
        pid: program.pid,
        input: program.input,
        ended: program.ended.then(unlessDead),
        outputEnded: program.outputEnded.then(unlessDead),
      };
    },
  };

  const system: System = {
    ...real,
    files,
    git,
    processes,
    clock: {
      ...real.clock,
      monotonic: () => real.clock.monotonic() + ahead,
      wait: async (ms, signal) => {
        const both = signal === undefined ? waits.signal : AbortSignal.any([signal, waits.signal]);
        const shorter = lasts() && ms >= LONG_WAIT ? ms / FASTER : ms;
        await real.clock.wait(shorter, both);
        ahead += ms - shorter;
        return state.dead ? die() : undefined;
      },
    },
    processTable: {
      facts: async (pid) => {
        const facts =
          pid === ownPid
            ? ({ kind: 'alive', started: STARTED } as const)
            : await real.processTable.facts(pid);
        return state.dead ? die() : facts;
      },
      ofRun: async (run) => {
        const found = await real.processTable.ofRun(run);
        return state.dead ? die() : found;
      },
      runs: async () => {
        const found = await real.processTable.runs();
        return state.dead ? die() : found;
      },
      signal: (pid, signal, group) => {
        if (state.dead) return;
        const verdict = judge({ port: 'processTable', name: 'signal' });
        if (verdict === 'die-before') return void die();
        real.processTable.signal(pid, signal, group);
        if (verdict === 'die-after') return void die();
        onDone?.(state.changing, writing + running === 0);
      },
    },
    machine: { ...real.machine, pid: ownPid, started: STARTED },
  };
  const end = () => {
    void die();
    return died;
  };
  return { system, died, end, hit: () => state.hit };
}

function labelOf(call: PortCall): string {
  switch (call.port) {
    case 'files':
      return `files.${call.name} ${String(call.args[0])}${call.name === 'rename' || call.name === 'link' ? ` -> ${String(call.args[1])}` : ''}`;
    case 'git':
      return `git ${gitCommand(call.args).join(' ').slice(0, 160)}`;
    case 'processes':
      return `processes.${call.name} ${call.spec.argv.join(' ').slice(0, 120)}`;
    case 'processTable':
      return 'processTable.signal';
    default:
      return call satisfies never;
  }
}

function never(): RunningProcess {
  const nothing = new Promise<never>(() => undefined);
  return { pid: null, input: null, ended: nothing, outputEnded: nothing };
}

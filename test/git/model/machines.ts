import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { moveMainRemotely } from '../../../src/store/refs/move-main-remotely.ts';
import type { Clock, ProcessTable, System } from '../../../src/system/ports.ts';
import { type MemoryRefs, memoryRefs } from '../../support/memory-refs.ts';
import type { Sandbox, TestRepo } from '../../support/repo.ts';

/** A machine of the model: real git, files and programs, with clocks that the model moves. */
export interface ModelMachine {
  readonly project: Project;
  readonly repo: TestRepo;
  readonly clock: { hours: number; minutes: number };
  /** A process of this machine that takes a task; `end` makes it one that is gone. */
  start(): { readonly project: Project; end(): void };
}

/** Far above what a kernel gives, so that no real process is meant. */
let lastPid = 2 ** 24;

async function openMachine(
  box: Sandbox,
  repo: TestRepo,
  name: string,
  shared: MemoryRefs | null,
): Promise<ModelMachine> {
  const offsets = { hours: 0, minutes: 0 };
  const alive = new Map<number, string>();
  const base = box.system();
  const system: System = {
    ...base,
    clock: movedClock(base.clock, offsets),
    processTable: withProcesses(base.processTable, alive),
    machine: { ...base.machine, id: name, host: name },
    // Of tasks that are equal, always the first: the same seed is the same day.
    random: { ...base.random, fraction: () => 0 },
  };
  const opened = await openProject(system, repo.root, () => undefined, 'write');
  const refs = shared?.door();
  const project: Project =
    shared === null || refs === undefined
      ? opened
      : { ...opened, refs, records: shared.records, moveMain: moveMainRemotely(refs, 'main') };
  return {
    project,
    repo,
    clock: offsets,
    start: () => {
      lastPid += 1;
      const pid = lastPid;
      alive.set(pid, `start-${pid}`);
      const machine = { ...system.machine, pid, started: `start-${pid}` };
      return { project: { ...project, system: { ...system, machine } }, end: () => void alive.delete(pid) };
    },
  };
}

export interface Hub {
  readonly machines: readonly ModelMachine[];
  /** Where main's objects are, for a look from outside. */
  readonly shared: TestRepo;
  readonly memory: MemoryRefs | null;
  /** Where a person commits. */
  readonly desk: TestRepo;
}

export type HubKind = 'memory' | 'local' | 'remote';

/** Main and the records in memory (objects in git), in one repository, or behind a remote with a clone for each machine. */
export async function openHub(box: Sandbox, kind: HubKind, files: Record<string, string>): Promise<Hub> {
  const first = box.repo('first', files);
  if (kind === 'local') {
    return {
      machines: [await openMachine(box, first, 'one', null)],
      shared: first,
      memory: null,
      desk: first,
    };
  }
  if (kind === 'memory') {
    const second = box.clone(first.root, 'second');
    second.git('remote', 'remove', 'origin');
    rmSync(join(second.root, '.git/objects'), { recursive: true });
    symlinkSync(join(first.root, '.git/objects'), join(second.root, '.git/objects'));
    const memory = memoryRefs(first.git('rev-parse', 'main'));
    const machines = [
      await openMachine(box, first, 'one', memory),
      await openMachine(box, second, 'two', memory),
    ];
    return { machines, shared: first, memory, desk: first };
  }
  const shared = box.bare('hub.git');
  first.git('remote', 'add', 'origin', `file://${shared.root}`);
  first.git('push', '-q', '-u', 'origin', 'main');
  const clones = ['one', 'two'].map((name) => {
    const clone = box.clone(shared.root, name);
    clone.git('remote', 'set-url', 'origin', `file://${shared.root}`);
    return { clone, name };
  });
  const machines = [];
  for (const { clone, name } of clones) machines.push(await openMachine(box, clone, name, null));
  return { machines, shared, memory: null, desk: first };
}

/** Stands still but for a tick with every look, so that what the model knows of time is all that there is. */
function movedClock(real: Clock, offsets: { readonly hours: number; readonly minutes: number }): Clock {
  const started = { wall: real.now().getTime(), monotonic: real.monotonic() };
  let ticks = 0;
  const next = () => {
    ticks += 1;
    return ticks;
  };
  return {
    now: () => new Date(started.wall + offsets.hours * 3_600_000 + next()),
    monotonic: () => started.monotonic + offsets.minutes * 60_000 + next(),
    wait: real.wait,
  };
}

function withProcesses(real: ProcessTable, alive: ReadonlyMap<number, string>): ProcessTable {
  return {
    ...real,
    facts: async (pid) => {
      const started = alive.get(pid);
      return started === undefined ? real.facts(pid) : { kind: 'alive', started };
    },
    ofRun: async () => [],
  };
}

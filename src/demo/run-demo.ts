import type { Emit, SentEvent } from '../events.ts';
import { openProject } from '../run/project/open-project.ts';
import type { Project } from '../run/project/project.ts';
import { readSnapshot, type Snapshot } from '../run/project/snapshot.ts';
import { shift } from '../run/shift.ts';
import type { RunResult } from '../run/work/run-result.ts';
import { runRole } from '../run/work/worker.ts';
import type { System } from '../system/ports.ts';
import { demoSystem } from './demo-system.ts';
import { judgeDemo } from './judge-demo.ts';
import { killAWorker } from './kill-a-worker.ts';
import { makeShop } from './make-shop.ts';

export interface DemoWish<T> {
  /** Where to make the repository; null: a fresh temporary folder. */
  readonly folder: string | null;
  /** Node, and what follows it to start rota. */
  readonly rota: readonly [node: string, ...args: string[]];
  readonly emit: Emit;
  readonly stop: AbortSignal;
  /** Called before each part, with what it is about, in a sentence. */
  readonly say: (sentence: string) => void;
  /** Called at the end, for what shall be shown of the repository. */
  readonly look: (project: Project, snapshot: Snapshot) => Promise<T>;
}

export interface DemoEnd<T> {
  readonly folder: string;
  readonly results: readonly RunResult[];
  readonly turns: number;
  /** Of the shift. */
  readonly seconds: number;
  /** What did not go as planned; empty when everything did. */
  readonly wrong: readonly string[];
  readonly seen: T;
}

/**
 * Rota's main job on a made-up repository: makes it, kills a worker in it, runs one shift with several workers at once on a
 * scripted agent, and judges what came of it. Nothing but the folder is left behind.
 */
export async function runDemo<T>(system: System, wish: DemoWish<T>): Promise<DemoEnd<T>> {
  const home = await system.files.realPath(await system.files.temporaryFolder('rota-demo-home-'));
  try {
    return await inHome(demoSystem(system, home, wish.rota[0]), wish);
  } finally {
    await system.files.removeTree(home);
  }
}

async function inHome<T>(system: System, wish: DemoWish<T>): Promise<DemoEnd<T>> {
  const { say, stop } = wish;
  const folder = wish.folder ?? (await system.files.temporaryFolder('rota-demo-'));
  say(`A small shop with its tests, roles and a backlog, made in ${folder}.`);
  const planned = await makeShop(system, folder);
  say('A worker takes S7 and is killed in the middle of it.');
  await killAWorker(system, folder, wish.rota);
  say('The shift: a sweep, then every role takes work, three workers at once.');
  const events: SentEvent[] = [];
  const emit: Emit = (event) => {
    events.push(event);
    wish.emit(event);
  };
  const project = await openProject(system, folder, emit, 'write');
  try {
    const from = system.clock.monotonic();
    const results = await shift(project, { once: false, stop, runRole });
    const seconds = (system.clock.monotonic() - from) / 1000;
    const snapshot = await readSnapshot(project, false);
    return {
      folder,
      results,
      seconds,
      turns: events.filter(({ event }) => event.type === 'turn').length,
      wrong: judgeDemo({ results, events, proposed: proposedIn(snapshot, planned) }),
      seen: await wish.look(project, snapshot),
    };
  } finally {
    await project.close();
  }
}

function proposedIn({ backlog }: Snapshot, planned: ReadonlySet<string>): string[] {
  return backlog.tasks.filter(({ file }) => !planned.has(file)).map(({ title }) => title);
}

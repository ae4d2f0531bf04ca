import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Site } from './make-arena.ts';
import type { PersonDesk } from './person-desk.ts';
import { backToMain, pullAndPush, rebaseTopic } from './person-flows.ts';
import type { NewTask, Planner } from './planner.ts';
import type { RotaProcesses } from './rota-processes.ts';

/** What a person does, and how often. */
const ACTS = {
  save: 46,
  commit: 18,
  amend: 6,
  stash: 6,
  rebase: 6,
  sync: 6,
  'rota edit': 6,
  'rota lock': 2,
  'rota add': 2,
} as const;
type Act = keyof typeof ACTS;

interface Working {
  readonly desk: PersonDesk;
  readonly site: Site;
  readonly planner: Planner;
  readonly processes: RotaProcesses;
  readonly chance: Dice;
  readonly remote: boolean;
}

/** Works in a checkout as people do, until `stopped`, and keeps enough tasks on main. Leaves the checkout on main. */
export async function person(working: Omit<Working, 'remote'>, stopped: () => boolean): Promise<void> {
  const all: Working = { ...working, remote: working.site.homes.length > 1 };
  const { desk, planner, chance } = all;
  let plannedAt = performance.now();
  while (!stopped()) {
    if (planner.idle || performance.now() - plannedAt > 5000) {
      const few = planner.idle || (await open(all)) < 12;
      planner.idle = false;
      plannedAt = performance.now();
      if (few) await plan(all);
    }
    const act = chance.weighted(ACTS);
    await ACTING[act](all);
    desk.counts.set(act, (desk.counts.get(act) ?? 0) + 1);
    await setTimeout(chance.below(250));
  }
  await backToMain(desk);
}

/** The first tasks, before anybody works. */
export async function firstPlan(working: Omit<Working, 'remote'>): Promise<void> {
  const all: Working = { ...working, remote: working.site.homes.length > 1 };
  await plan(all);
  await plan(all);
}

const ACTING: Record<Act, (working: Working) => Promise<void>> = {
  save: async (w) => {
    for (let n = 1 + w.chance.below(3); n > 0; n--) w.desk.save(somePath(w));
  },
  commit: async ({ desk, chance }) => {
    if (chance.chance(0.3)) await desk.git('commit', '-q', '-a', '-m', `person: all of ${desk.saves.length}`);
    else {
      const paths = [...desk.paths];
      const some = chance.chance(0.5) ? paths : paths.filter(() => chance.chance(0.5));
      if (some.length === 0) return;
      for (const path of some) await desk.git('add', '-A', '--', path);
      await desk.git('commit', '-q', '-m', `person: ${desk.saves.length}`);
    }
  },
  amend: async ({ desk, remote }) => {
    // Only what is the person's own, and nobody else's yet.
    const { out } = await desk.git('log', '-1', '--format=%ae %s%n%D');
    if (!out.startsWith('pat@example.org person: ') || (remote && out.includes('origin/'))) return;
    desk.save('notes/amended.txt');
    await desk.git('add', '--', 'notes/amended.txt');
    // Its message stays: should a landing have come in between, it is that which is amended.
    await desk.git('commit', '-q', '--amend', '--no-edit');
  },
  stash: async ({ desk, chance }) => {
    const { out: before } = await desk.git('rev-parse', '-q', '--verify', 'refs/stash');
    await desk.git('stash', 'push', '-q', ...(chance.chance(0.5) ? ['-u'] : []));
    if ((await desk.git('rev-parse', '-q', '--verify', 'refs/stash')).out === before) return;
    await setTimeout(chance.below(300));
    // A conflict leaves the stash: nothing of it is lost.
    if (!(await desk.git('stash', 'pop', '-q')).ok) {
      await desk.settle();
      await desk.git('reset', '-q');
    }
    desk.acknowledge();
  },
  rebase: async (w) => (w.remote ? pullAndPush(w.desk) : rebaseTopic(w.desk, w.chance)),
  sync: async (w) => {
    if (w.remote) await rota(w, 'sync');
    else await ACTING.save(w);
  },
  'rota edit': async (w) => {
    const id = someTask(w);
    if (id !== null) await rota(w, 'edit', id, `priority=${w.chance.pick(['high', 'medium', 'low'])}`);
  },
  'rota lock': async (w) => {
    const id = someTask(w);
    if (id === null) return;
    if ((await rota(w, 'lock', id)) !== 0) return;
    await setTimeout(w.chance.below(400));
    // Until it is the workers' again: nobody else would unlock it.
    for (let tries = 0; tries < 20; tries++) if ((await rota(w, 'unlock', id)) === 0) return;
  },
  'rota add': async (w) => {
    const task = w.planner.next();
    const args = ['add', task.title, '--id', task.id, '--ready', '--type', task.type, '--body', 'Do it.'];
    if ((await rota(w, ...args)) === 0) w.planner.there(task);
  },
};

/** New tasks by a commit of the person's own; where main cannot take it, by rota. */
async function plan(w: Working): Promise<void> {
  const { desk, planner } = w;
  const tasks: NewTask[] = Array.from({ length: 8 }, () => planner.next());
  await backToMain(desk);
  for (const { file, text } of tasks) {
    mkdirSync(dirname(join(desk.home, file)), { recursive: true });
    writeFileSync(join(desk.home, file), text);
  }
  const files = tasks.map(({ file }) => file);
  for (let tries = 0; tries < 100; tries++) {
    await desk.git('add', '--', ...files);
    if ((await desk.git('commit', '-q', '-m', 'person: plan', '--', ...files)).ok) break;
    await setTimeout(30);
  }
  if (w.remote) await pullAndPush(desk);
  const main = w.remote ? 'origin/main' : 'main';
  const there = (await desk.git('ls-tree', '-r', '--name-only', main, '--', 'backlog/')).out.split('\n');
  planner.there(...tasks.filter(({ file }) => there.includes(file)));
}

/** Tasks that have not landed. */
async function open({ desk, planner, site }: Working): Promise<number> {
  const { out } = await desk.git(
    ...['--git-dir', site.shared.endsWith('.git') ? site.shared : join(site.shared, '.git')],
    ...['rev-list', '--count', '--first-parent', '--grep=^Gated: ', 'main'],
  );
  return planner.ids.length - Number(out);
}

function somePath({ desk, chance }: Working): string {
  const kind = chance.below(10);
  if (kind < 5) return `notes/${chance.below(5)}.txt`;
  if (kind < 7) return 'list.txt';
  if (kind < 8) return 'README.md';
  const tasks = readdirSync(join(desk.home, 'backlog')).filter((name) => name.endsWith('.md'));
  return `backlog/${chance.pick(tasks.slice(-20))}`;
}

function someTask({ planner, chance }: Working): string | null {
  return planner.ids.length === 0 ? null : chance.pick(planner.ids.slice(-25));
}

async function rota({ processes, site, desk }: Working, ...args: string[]): Promise<number | null> {
  return (await processes.start('person', site, desk.home, args).ended).code;
}

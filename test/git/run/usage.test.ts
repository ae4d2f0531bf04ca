import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Budget } from '../../../src/config.ts';
import { RotaError } from '../../../src/errors.ts';
import type { RotaEvent, Usage } from '../../../src/events.ts';
import type { BudgetOf } from '../../../src/plan/budget.ts';
import type { UsageEntry } from '../../../src/plan/usage-entry.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { appendUsage, liveFile, readUsage, usageFolder } from '../../../src/run/usage/ledger.ts';
import { liveNote } from '../../../src/run/usage/live-note.ts';
import { startMeter } from '../../../src/run/usage/meter.ts';
import { pruneUsage } from '../../../src/run/usage/prune-usage.ts';
import type { Files, System } from '../../../src/system/ports.ts';
import { taskKey } from '../../../src/task/id.ts';
import { until } from '../../support/until.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

const DAY = '2026-11-20';
const usage = (input: number, usd: number | null = null): Usage => ({ input, cached: 0, output: 0, usd });
const entry = (over: Partial<UsageEntry> = {}): UsageEntry => ({
  ...{ time: `${DAY}T12:00:00.000Z`, run: 'R1', turn: 1, role: 'developer', task: 'A1', agent: 'claude' },
  usage: usage(100, 1),
  ...over,
});
const at = (system: System, now: () => Date): System => ({ ...system, clock: { ...system.clock, now } });

/** Files of which some calls are answered like a full disk. */
function failing(system: System, fails: (name: string) => boolean): System {
  const files = new Proxy(system.files, {
    get: (target, name: keyof Files) => {
      const call = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (fails(name)) throw new RotaError('files', 'no space left');
        return call.apply(target, args);
      };
    },
  });
  return { ...system, files };
}

async function place(now = `${DAY}T12:00:00.000Z`) {
  const opened = await openTestProject();
  const time = { now: new Date(now) };
  const project = { ...opened.project, system: at(opened.project.system, () => time.now) };
  return { ...opened, project, time };
}

test('what was noted comes back, day by day, and whatever a crash tore is left out alone', async () => {
  const { project } = await place();
  expect(await readUsage(project, null)).toEqual([]);
  await appendUsage(project, entry());
  const path = join(usageFolder(project), `${DAY}.jsonl`);
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n${JSON.stringify(entry({ turn: 9 })).slice(0, -20)}`);
  await appendUsage(project, entry({ turn: 2 }));
  await appendUsage(project, entry({ run: 'R0', time: '2026-11-19T23:59:59.000Z' }));
  writeFileSync(join(usageFolder(project), 'notes.txt'), 'a person\n');
  expect((await readUsage(project, null)).map(({ run, turn }) => `${run} ${turn}`)).toEqual([
    'R0 1',
    'R1 1',
    'R1 2',
  ]);
  expect((await readUsage(project, new Date(`${DAY}T23:00:00Z`))).map(({ turn }) => turn)).toEqual([1, 2]);
});

test('many workers at once lose no line', async () => {
  const { project } = await place();
  const turns = Array.from({ length: 200 }, (_, n) => n + 1);
  await Promise.all(turns.map((turn) => appendUsage(project, entry({ turn, run: `R${turn % 5}` }))));
  expect(await readUsage(project, null)).toHaveLength(200);
});

test('nothing is written through a link that an agent has put there', async () => {
  const { project, repo } = await place();
  mkdirSync(usageFolder(project), { recursive: true });
  symlinkSync(join(repo.root, 'src/a.txt'), join(usageFolder(project), `${DAY}.jsonl`));
  await expect(appendUsage(project, entry())).rejects.toThrow('is not a plain file');
  expect(repo.read('src/a.txt')).toBe('a\n');
});

test('nor into a folder behind one', async () => {
  const { project, repo } = await place();
  mkdirSync(project.repository.rotaDir, { recursive: true });
  symlinkSync(join(repo.root, 'src'), usageFolder(project));
  await expect(appendUsage(project, entry())).rejects.toThrow('is a symbolic link');
  const note = liveNote(project, 'R1');
  note.put(entry());
  await note.drop();
  expect(readdirSync(join(repo.root, 'src')).sort()).toEqual(['a.txt', 'b.txt']);
});

test('a turn that is not over counts with what it has told so far, and once', async () => {
  const { project } = await place();
  const note = liveNote(project, 'R1');
  note.put(entry({ usage: usage(5) }));
  await until(() => existsSync(liveFile(project, 'R1')), 'the note');
  expect(await readUsage(project, null)).toMatchObject([{ usage: { input: 5 } }]);
  // A crash between the ledger and the note's end.
  await appendUsage(project, entry({ usage: usage(7) }));
  expect(await readUsage(project, null)).toMatchObject([{ usage: { input: 7 } }]);
  await note.drop();
  expect(existsSync(liveFile(project, 'R1'))).toBe(false);
  expect(await readUsage(project, null)).toHaveLength(1);
});

test('of many notes the newest stays, and none comes after the end', async () => {
  const { project } = await place();
  const note = liveNote(project, 'R1');
  for (let n = 1; n <= 500; n++) note.put(entry({ usage: usage(n) }));
  const text = () => {
    const path = liveFile(project, 'R1');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  await until(() => text().includes('"input":500'), 'the newest note');
  note.put(entry({ usage: usage(501) }));
  await note.drop();
  note.put(entry({ usage: usage(502) }));
  await note.drop();
  expect(existsSync(liveFile(project, 'R1'))).toBe(false);
});

test('prune takes over what dead workers used, leaves the living alone, and drops what is too old', async () => {
  const { project, time } = await place();
  const about = { role: 'developer', task: 'A1', branch: 'b' };
  await openRunFolder(project.system, project.repository, { run: 'LIVE', ...about });
  const ended = await openRunFolder(project.system, project.repository, { run: 'DEAD', ...about });
  await ended.note({ ended: time.now.toISOString() });
  for (const run of ['LIVE', 'DEAD', 'GONE']) {
    mkdirSync(join(usageFolder(project), 'live'), { recursive: true });
    writeFileSync(liveFile(project, run), JSON.stringify(entry({ run })));
  }
  const days = ['2025-10-15', '2025-10-16', '2026-11-01'];
  for (const day of days) await appendUsage(project, entry({ run: day, time: `${day}T00:00:00.000Z` }));
  await pruneUsage(project);
  expect(readdirSync(join(usageFolder(project), 'live'))).toEqual(['LIVE.json']);
  expect(readdirSync(usageFolder(project)).sort()).toEqual([
    '2025-10-16.jsonl',
    '2026-11-01.jsonl',
    `${DAY}.jsonl`,
    'live',
  ]);
  const runs = (await readUsage(project, null)).map(({ run }) => run).sort();
  expect(runs).toEqual(['2025-10-16', '2026-11-01', 'DEAD', 'GONE', 'LIVE']);
  await pruneUsage(project);
  expect((await readUsage(project, null)).map(({ run }) => run).sort()).toEqual(runs);
});

const of = (budget: Partial<Budget>, role: string | null = null): BudgetOf => ({
  role,
  budget: { tokens: null, usd: null, per: 'day', ...budget },
});

async function metered(budgets: readonly BudgetOf[], fails: (name: string) => boolean = () => false) {
  const there = await place();
  const system = failing(there.project.system, fails);
  const said: string[] = [];
  const meter = startMeter({
    ...{ place: { ...there.project, system }, run: 'R1', role: 'developer', task: 'A1', key: taskKey('A1') },
    ...{ agent: 'claude', budgets },
    tell: (event: RotaEvent) => void (event.type === 'notice' && said.push(event.message)),
  });
  return { ...there, meter, said };
}

test('a meter adds the turns up, and notes each', async () => {
  const { meter, project } = await metered([]);
  expect(meter.total()).toBeNull();
  meter.saw(1, usage(10), () => expect.unreachable());
  expect(meter.total()).toBeNull();
  await meter.ended(1, usage(50, 0.5));
  await meter.ended(2, null);
  meter.saw(3, usage(7), () => expect.unreachable());
  await meter.ended(3, null);
  expect(meter.total()).toEqual(usage(57, 0.5));
  const noted = await readUsage(project, null);
  expect(noted.map(({ turn, usage: { input } }) => [turn, input])).toEqual([
    [1, 50],
    [3, 7],
  ]);
});

test('the turn that spends a budget is told so, with what others used before and use now', async () => {
  const { meter, project } = await metered([of({ tokens: 100 })]);
  await appendUsage(project, entry({ run: 'R7', role: 'tester', usage: usage(40) }));
  liveNote(project, 'R8').put(entry({ run: 'R8', usage: usage(40) }));
  await until(() => existsSync(liveFile(project, 'R8')), 'the note of another worker');
  await meter.look();
  expect(meter.spent()).toBeNull();
  let told = 0;
  meter.saw(1, usage(19), () => told++);
  expect(told).toBe(0);
  meter.saw(1, usage(20), () => told++);
  meter.saw(1, usage(30), () => told++);
  expect(told).toBe(1);
  expect(meter.spent()?.words).toContain('of 100 tokens a day is spent: 110 tokens');
});

test('a budget of a role does not count the others; one of a run counts all turns of it', async () => {
  const { meter, project } = await metered([
    of({ tokens: 100 }, 'developer'),
    of({ tokens: 60, per: 'run' }),
  ]);
  await appendUsage(project, entry({ run: 'R7', role: 'tester', usage: usage(1e6) }));
  await meter.look();
  expect(meter.spent()).toBeNull();
  await meter.ended(1, usage(40));
  expect(meter.spent()).toBeNull();
  meter.saw(2, usage(20), () => undefined);
  expect(meter.spent()?.budget.per).toBe('run');
});

test('what is left in dollars is of the smallest budget', async () => {
  const { meter, project } = await metered([of({ usd: 10 }), of({ usd: 3, per: 'run' }), of({ tokens: 5 })]);
  expect(meter.leftUsd()).toBe(3);
  await appendUsage(project, entry({ run: 'R7', usage: usage(1, 8.5) }));
  await meter.look();
  expect(meter.leftUsd()).toBe(1.5);
  expect((await metered([of({ tokens: 5 })])).meter.leftUsd()).toBeNull();
});

test('midnight frees a budget of the day in the middle of a run', async () => {
  const { meter, time } = await metered([of({ tokens: 100 })]);
  await meter.ended(1, usage(100));
  expect(meter.spent()).not.toBeNull();
  time.now = new Date('2026-11-21T00:00:00.000Z');
  expect(meter.spent()).toBeNull();
});

test('a client that does not count is said once, and only where a budget needs it', async () => {
  const { meter, said } = await metered([of({ tokens: 100, usd: 1 })]);
  await meter.ended(1, null);
  await meter.ended(2, null);
  expect(said).toEqual([
    'claude did not say its tokens and cost in turn 1, so the budget of that cannot count it',
  ]);
  const codex = await metered([of({ tokens: 100, usd: 1 })]);
  await codex.meter.ended(1, usage(5));
  expect(codex.said).toEqual([
    'claude did not say its cost in turn 1, so the budget of that cannot count it',
  ]);
  const none = await metered([]);
  await none.meter.ended(1, null);
  expect(none.said).toEqual([]);
});

test('a disk that is full ends no run, and its own use still counts', async () => {
  let full = false;
  const { meter, said } = await metered([of({ tokens: 100 })], () => full);
  full = true;
  await meter.look();
  let told = 0;
  meter.saw(1, usage(60), () => told++);
  await meter.ended(1, usage(60));
  meter.saw(2, usage(40), () => told++);
  await meter.ended(2, null);
  expect(told).toBe(1);
  expect(meter.total()).toEqual(usage(100));
  expect(said[0]).toBe('what others used could not be read, so budgets only count this run: no space left');
  expect(said).toContain('what claude used could not be noted: no space left');
});

test('a file in the place of the ledger is said, too', async () => {
  const { meter, said, project } = await metered([of({ tokens: 100 })]);
  mkdirSync(project.repository.rotaDir, { recursive: true });
  writeFileSync(usageFolder(project), 'a file\n');
  await meter.look();
  await meter.ended(1, usage(5));
  expect(said).toEqual([expect.stringMatching(/^what claude used could not be noted/)]);
});

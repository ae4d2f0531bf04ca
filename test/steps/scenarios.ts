import { join } from 'node:path';
import { addTask } from '../../src/run/backlog/add-task.ts';
import { editTaskKeys } from '../../src/run/backlog/edit-task.ts';
import { pauseRoles } from '../../src/run/claim/pause-roles.ts';
import { landBranch } from '../../src/run/land/land-branch.ts';
import { syncMain } from '../../src/run/project/sync.ts';
import type { System } from '../../src/system/ports.ts';
import { taskKey } from '../../src/task/id.ts';
import { run, runInWords, sweepOnce, withProject } from './acts.ts';
import { type Arena, type Hub, taskText } from './arena.ts';
import { diedAndSwept, dieWhere, firstAfter, MAIN_MOVES, TURN_TO_LAND } from './earlier-deaths.ts';
import { personWorks } from './person.ts';
import type { Scenario } from './scenario.ts';

const ONE = { 'A1-greet.md': taskText('A1') };

/** Committed, changed, new and ignored files. What a later turn may replace is committed by then. */
const TURN = `put src/one.txt "one of $ROTA_RUN"
git add src/one.txt && git commit -q -m "feat: one"
put src/greet.txt "HELLO from $ROTA_RUN"
put new/$ROTA_TASK/two.txt "two of $ROTA_RUN"
put scratch-$ROTA_RUN.log "ignored, of $ROTA_RUN"
`;
const RED_TURN = `${TURN}if test -e "$desk/good"; then rm -f broken; else put broken "broken by $ROTA_RUN"; fi\n`;
const PROPOSAL = `---
outcome: done
tasks:
  - {id: NEW-1, title: First of two, type: chore}
  - {id: NEW-2, title: Second of two, type: chore, depends: [NEW-1]}
---
`;
/** The task's own file of work, so that several of them do not conflict. */
const OWN_TURN = `put new/$ROTA_TASK/one.txt "one of $ROTA_RUN"
git add new && git commit -q -m "feat: one"
put new/$ROTA_TASK/two.txt "two of $ROTA_RUN"
put scratch-$ROTA_RUN.log "ignored, of $ROTA_RUN"
`;
const PROPOSING = `cat > "$ROTA_RESULT" <<'END'\n${PROPOSAL}END\n`;

/** Every scenario of the step harness. */
export const SCENARIOS: readonly Scenario[] = [
  { ...aRun('home', TURN), name: 'run, main at home' },
  {
    ...aRun('bare', TURN),
    name: 'run, bare repository',
    phases: ['open', 'claim', 'publish', 'land', 'release'],
  },
  {
    ...aRun('remote', TURN),
    name: 'run, remote',
    phases: ['open', 'claim', 'publish', 'result', 'gate', 'land', 'release'],
  },
  {
    ...aRun('home', TURN),
    name: 'setup',
    wish: {
      ...{ tasks: ONE, turn: TURN },
      config:
        'setup: ["mkdir -p dist && echo made > dist/made"]\ncopy: [theirs/ignored.log]\ndisposable: [dist]\n',
    },
    phases: ['setup', 'gate'],
  },
  { ...aRedRun('home'), name: 'release, red' },
  { ...aRedRun('remote'), name: 'release, red, remote' },
  {
    ...aRun('home', `${TURN}put waits.txt "of $ROTA_RUN, too"\n`),
    name: 'release, waiting',
    prepare: async (arena) => {
      personWorks(arena);
      arena.write('project/waits.txt', 'saved by a person\n');
    },
    phases: ['land', 'release'],
    // Main cannot move over what a person has not committed.
    between: async ({ git, repo }) => void git(repo, 'checkout', '-q', '--', 'waits.txt'),
  },
  {
    ...aRun('home', TURN),
    name: 'resumed run',
    prepare: async (arena) => {
      await diedAndSwept(arena);
      arena.write('project/README.md', '# hello, by a person\n');
      arena.git(arena.repo, 'commit', '-q', '-m', 'docs: hello', '--', 'README.md');
    },
    phases: ['worktree'],
  },
  {
    ...aRun('home', TURN),
    name: 'landed by hand',
    prepare: diedAndSwept,
    act: async (arena, system) => {
      const stop = new AbortController().signal;
      const wish = { key: taskKey('A1'), branch: null, accept: null, stop };
      const { outcome, reason } = await withProject(arena, system, (project) => landBranch(project, wish));
      return `${outcome}: ${reason}`;
    },
  },
  { ...aProposal('home'), name: 'proposed tasks' },
  { ...aProposal('remote'), name: 'proposed tasks, remote' },
  {
    name: 'sweep',
    hub: 'home',
    wish: {
      tasks: { 'A1-greet.md': taskText('A1'), 'A2-greet.md': taskText('A2'), 'A3-greet.md': taskText('A3') },
      turn: `${OWN_TURN}${PROPOSING}`,
      config: 'workers: 9\n',
    },
    prepare: async (arena) => {
      personWorks(arena);
      await dieWhere(arena, 'A1', 'after', firstAfter(/./, /^processes\.start/));
      await dieWhere(arena, 'A3', 'before', firstAfter(TURN_TO_LAND, /\/queues\/main/));
      await dieWhere(arena, 'A2', 'after', firstAfter(TURN_TO_LAND, MAIN_MOVES));
    },
    act: sweepInWords,
    lands: ['A1', 'A2'],
    also: (arena) => proposedOnce(arena, 4),
  },
  {
    name: 'sweep, remote',
    hub: 'remote',
    wish: { tasks: ONE, turn: TURN },
    prepare: async (arena) => {
      personWorks(arena);
      await dieWhere(arena, 'A1', 'after', firstAfter(/./, /^processes\.start/));
    },
    act: sweepInWords,
    lands: ['A1'],
  },
  {
    name: 'sweep, what waits',
    hub: 'home',
    wish: { tasks: ONE, turn: TURN },
    prepare: async (arena) => {
      personWorks(arena);
      arena.write('project/src/greet.txt', 'saved by a person\n');
      const { outcome } = await run(arena, arena.system());
      if (outcome !== 'waiting') throw new Error(`expected waiting, not ${outcome}`);
      arena.git(arena.repo, 'checkout', '-q', '--', 'src/greet.txt');
    },
    act: sweepInWords,
    lands: ['A1'],
  },
  {
    name: 'rescue',
    hub: 'home',
    wish: { tasks: ONE, turn: TURN },
    prepare: async (arena) => {
      await diedAndSwept(arena);
      const worktree = 'project/.worktrees/ai/developer/A1-greet-from-a1';
      for (const name of ['untracked.txt', 'staged.txt', 'ignored.log']) {
        arena.write(`${worktree}/${name}`, `left: ${name}\n`);
        arena.write(`desk/ledger/left-${name}`, `left: ${name}\n`);
      }
      arena.git(join(arena.folder, worktree), 'add', 'staged.txt');
    },
    act: async (arena, system) => {
      const { rescued, removed, kept } = await sweepOnce(arena, system, 'A1');
      return `rescued ${rescued.length}, removed ${removed.length}, kept ${kept.length}`;
    },
    lands: ['A1'],
  },
  { ...aPause('home'), name: 'pause' },
  { ...aPause('remote'), name: 'pause, remote' },
  { ...anEdit('home'), name: 'edit and add' },
  { ...anEdit('remote'), name: 'edit and add, remote' },
  {
    name: 'sync',
    hub: 'remote',
    wish: { tasks: ONE, turn: TURN },
    prepare: async (arena) => {
      await run(arena, arena.system());
      personWorks(arena);
    },
    act: async (arena, system) => {
      await withProject(arena, system, syncMain);
      return 'synced';
    },
    between: async (arena) => {
      await withProject(arena, arena.system(), syncMain);
    },
    lands: [],
    also: ({ git, repo, shared }) =>
      git(repo, 'rev-parse', 'HEAD') === git(shared, 'rev-parse', 'main') ? [] : ['home is not at main'],
  },
];

function aRun(hub: Hub, turn: string): Omit<Scenario, 'name'> {
  return {
    ...{ hub, wish: { tasks: ONE, turn }, act: runInWords, lands: ['A1'] },
    prepare: async (arena) => personWorks(arena),
  };
}

function aRedRun(hub: Hub): Omit<Scenario, 'name'> {
  return {
    ...aRun(hub, RED_TURN),
    phases: ['release'],
    between: async ({ write }) => write('desk/good', ''),
  };
}

function aProposal(hub: Hub): Omit<Scenario, 'name'> {
  return {
    ...aRun(hub, `${TURN}${PROPOSING}`),
    phases: ['result', 'land'],
    also: (arena) => proposedOnce(arena, 2),
  };
}

function aPause(hub: Hub): Omit<Scenario, 'name'> {
  return {
    ...aRun(hub, TURN),
    act: async (arena, system) => {
      const { all } = await withProject(arena, system, (project) => pauseRoles(project, null, true));
      return all ? 'paused' : 'not paused';
    },
    between: async (arena) => {
      await withProject(arena, arena.system(), (project) => pauseRoles(project, null, false));
    },
  };
}

function anEdit(hub: Hub): Omit<Scenario, 'name'> {
  return {
    ...aRun(hub, TURN),
    act: async (arena, system) => {
      await withProject(arena, system, async (project) => {
        await editTaskKeys(project, taskKey('A1'), { priority: 'high' });
        await addTask(project, { title: 'Another one', type: 'chore' });
      });
      return 'edited';
    },
    also: ({ git, shared }) => {
      const text = git(shared, 'show', 'main:backlog/A1-greet.md');
      const intact =
        text.includes('# notes of ours about A1\n') && text.includes('x-estimate: [1,  2]  # days\n');
      const added =
        git(shared, 'ls-tree', '-r', '--name-only', 'main', 'backlog').match(/another-one/g) ?? [];
      return [
        ...(intact ? [] : [`A1's file is not as its person wrote it: ${text}`]),
        ...(added.length <= 1 ? [] : [`the task was added ${added.length} times`]),
      ];
    },
  };
}

async function sweepInWords(arena: Arena, system: System): Promise<string> {
  const { freed, landed, removed } = await sweepOnce(arena, system);
  return `freed ${freed.length}, landed ${landed.length}, removed ${removed.length}`;
}

/** Each proposed task is on main once. */
function proposedOnce({ git, shared }: Arena, expected: number): string[] {
  const files = git(shared, 'ls-tree', '-r', '--name-only', 'main', 'backlog').match(/-of-two/g) ?? [];
  return files.length === expected
    ? []
    : [`${files.length} proposed tasks are on main instead of ${expected}`];
}

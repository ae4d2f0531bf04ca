import type { CommandSpec } from './command-spec.ts';

const FETCH = ['--fetch', 'Ask the remote first; else the last fetched state is shown.'] as const;

/** Commands that only look. They write nothing but a disposable cache outside the repository. */
export const readingCommands: readonly CommandSpec[] = [
  {
    name: 'status',
    summary: 'Show who does what, what waits, what is wrong.',
    details:
      'Who works on what, what waits and why, what needs a person, and task files that main does not have yet, with the command that hands them over.',
    options: [FETCH],
    examples: [
      ['rota status', 'the state of everything'],
      ['rota status --fetch --json', 'the same, from the remote, for a program'],
    ],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'list',
    summary: 'List the tasks on main.',
    details:
      'The status shown is the one people care about: a ready task with a live lock is in progress. --status takes both kinds, the stored and the shown one.',
    options: [
      [
        '--status <names>',
        'Only these: draft, ready, done, blocked, dropped, progress, review, held, waiting.',
      ],
      ['--type <names>', 'Only these: feature, bug, chore, docs, test, debt, epic.'],
      ['--role <name>', 'Only tasks that this role would take.'],
      FETCH,
    ],
    examples: [
      ['rota list', 'every task'],
      ['rota list --status ready,blocked', 'what is to be done, and what is stuck'],
      ['rota list --type bug --json', 'bugs, for a program'],
    ],
    load: async () => (await import('./commands/list.ts')).list,
  },
  {
    name: 'show',
    args: '<ID>',
    summary: 'Show one task.',
    options: [FETCH],
    examples: [['rota show A32', 'task A32']],
    load: async () => (await import('./commands/show.ts')).show,
  },
  {
    name: 'next',
    args: '<role>',
    summary: 'Show which task a role would take.',
    options: [['--explain', 'Say for every task why it is taken or not.'], FETCH],
    examples: [
      ['rota next developer', 'the task, or nothing'],
      ['rota next developer --explain', 'why this one, and why not the others'],
    ],
    load: async () => (await import('./commands/next.ts')).next,
  },
  {
    name: 'prompt',
    args: '<ID>',
    summary: 'Print what an agent would be told.',
    details:
      'The whole prompt of the first turn, as a run would make it now. Takes nothing and writes nothing; <run> stands for the id that the run will have.',
    options: [
      ['--role <name>', 'As this role (default: the one that would take the task).'],
      ['--turn <which>', 'first, or fix: the turn after the last red gate on this machine.'],
      FETCH,
    ],
    examples: [
      ['rota prompt A32', 'the first turn'],
      ['rota prompt A32 --turn fix', 'with what is useful of the last red gate'],
    ],
    load: async () => (await import('./commands/prompt.ts')).prompt,
  },
  {
    name: 'check',
    summary: 'Check rota.yaml, roles and tasks.',
    details:
      'Looks at the files of this checkout, as they would be if they were committed now. With --main it looks at main, which is what workers read.',
    options: [['--main', 'Check what is on main instead of the files here.'], FETCH],
    examples: [
      ['rota check', 'the files in this checkout'],
      ['rota check --main', 'what workers see'],
    ],
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'watch',
    args: '[ID]',
    summary: 'Follow running workers live.',
    details:
      'What the workers of this machine do, as it happens: tool calls, edits, what the agent says and spends, the gate; on a terminal also how much is left of their limits. Ends when they are done. Ctrl-C ends only the watching. With --json every event is a line of its own.',
    examples: [
      ['rota watch', 'everybody who works here'],
      ['rota watch A32', 'the worker of A32'],
      ['rota watch A32 --json', 'the same, one JSON document a line'],
    ],
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    name: 'log',
    args: '[ID]',
    summary: 'Show what happened.',
    details: 'The logs in the task files, and what has not landed yet. One line an event.',
    options: [
      ['-n, --number <count>', 'Only the last so many lines.'],
      [
        '--since <when>',
        'Sum up what happened since a day or so long ago: landed, for you, not landed, spent.',
      ],
      ['--flaky', 'How often each test failed and then passed on the same tree.'],
      FETCH,
    ],
    examples: [
      ['rota log --since 1d', 'the morning after'],
      ['rota log --flaky', 'tests that cannot be trusted'],
      ['rota log -n 20', 'the last 20 events'],
      ['rota log A32', 'the story of task A32'],
    ],
    load: async () => (await import('./commands/log.ts')).log,
  },
  {
    name: 'usage',
    summary: 'Show what agents used, and what is left of the budgets.',
    details:
      'Tokens and cost on this machine, as the clients count them themselves; 400 days are kept. Agents that are a plain command do not count.',
    options: [
      ['--by <what>', 'role, task, agent, day or run (default: role).'],
      ['--since <when>', 'Only from this day (UTC) or so long ago on: 2026-11-01, 7d.'],
      FETCH,
    ],
    examples: [
      ['rota usage', 'each role, since ever'],
      ['rota usage --by day --since 7d', 'the last week'],
    ],
    load: async () => (await import('./commands/usage.ts')).usage,
  },
  {
    name: 'why',
    args: '<ID>',
    summary: 'Explain how a task stands, and how it came there.',
    details:
      'Why it is or is not picked, who holds it and how that is known; then every event, oldest first: what main, its log and its record say, what runs on this machine did (each step, each gate), what sweeps did and why, what was rescued.',
    options: [FETCH],
    examples: [
      ['rota why A32', 'its whole story'],
      ['rota why A32 --json', 'the same, for a program'],
    ],
    load: async () => (await import('./commands/why.ts')).why,
  },
  {
    name: 'doctor',
    summary: 'See whether everything that runs need is here.',
    details:
      "git, your identity, rota.yaml, the remote and your rights there, the gate's programs, agents with their versions and how to log in, isolation, disk, and what dead runs left; each with how to mend it. Changes nothing here and spends no token; what the remote allows is tried, on refs that are gone afterwards. Ends with 1 when something has to be mended.",
    options: [],
    examples: [
      ['rota doctor', 'before the first run, and when something is odd'],
      ['rota doctor --json', 'the same, for a program'],
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
];

import type { CommandSpec } from './command-spec.ts';

const VERBOSE = ['--verbose', 'Also note each round trip to the remote.'] as const;

/** Commands that change something. */
export const workingCommands: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'Set this repository up.',
    details:
      'Looks for agent clients on PATH and for tests, and proposes what it finds. On a terminal it asks; elsewhere the options decide. Existing files are never changed.',
    options: [
      ['--gate <command>', 'A check that every landing must pass; repeat for more. "none" for no gate.'],
      ['--agent <name>', 'claude, codex, opencode, gemini, pi or aider.'],
      ['--prefix <letters>', 'What ids begin with (default: A).'],
      ['-y, --yes', 'Take the proposals without asking.'],
      ['--commit', 'Commit exactly the files that were written.'],
      ['--merge-driver', 'Let git merge task files key by key in this repository.'],
    ],
    examples: [
      ['rota init', 'ask, write, offer to commit'],
      ['rota init --yes --gate "npm test" --agent claude --commit', 'without questions'],
    ],
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'add',
    args: '<title>',
    summary: 'Write a new task to main.',
    details:
      'It starts as a draft: nothing begins by accident. Only this file goes to main (and to the remote), whatever branch is checked out. --body - reads the text from stdin.',
    options: [
      ['--id <ID>', 'Its id (default: the next free one).'],
      ['--type <type>', 'feature, bug, chore, docs, test, debt or epic.'],
      ['--priority <priority>', 'high, medium or low.'],
      ['--status <status>', 'draft or ready (default: draft).'],
      ['--ready', 'The same as --status ready.'],
      ['--role <name>', 'The role that shall take it.'],
      ['--epic <ID>', 'The epic it belongs to.'],
      ['--depends <IDs>', 'Tasks that must be done before.'],
      ['--touches <globs>', 'Paths it will change.'],
      ['--body <text>', 'What and why, with criteria; - for stdin.'],
    ],
    examples: [
      ['rota add "Show the price with tax"', 'a draft'],
      [
        'rota add "Total is off by one" --type bug --priority high --ready',
        'a bug that a worker may take at once',
      ],
    ],
    load: async () => (await import('./commands/add.ts')).add,
  },
  {
    name: 'edit',
    args: '<ID> [key=value...]',
    summary: 'Change keys of a task on main.',
    details:
      'An empty value removes the key; lists are separated by commas. Without key=value an editor opens the file.',
    options: [],
    examples: [
      ['rota edit A32 status=ready priority=high', 'two keys'],
      ['rota edit A32 depends=A30,A31 epic=', 'a list; no epic any more'],
      ['rota edit A32', 'the whole file in $EDITOR'],
    ],
    load: async () => (await import('./commands/edit.ts')).edit,
  },
  {
    name: 'run',
    args: '<role> [ID]',
    summary: 'Let a role do one task, up to landing.',
    details:
      'Takes the next task (or the named one), locks it, lets the agent work in a worktree of its own, gates the merge with main and lands it. Ends with 0 when landed or nothing to do, 1 when not landed, 3 when the surroundings failed.',
    options: [
      ['--pr <request>', 'Go on with an open pull request, by number or address; forks too.'],
      ['--agent <name>', "Another of rota.yaml's agents than the role's."],
      VERBOSE,
    ],
    examples: [
      ['rota run developer', 'the next task'],
      ['rota run developer A32', 'this one'],
      ['rota run developer --pr 12', 'go on with pull request 12'],
      ['rota run sweeper', 'the same as rota sweep'],
    ],
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'shift',
    summary: 'Sweep, then let each role work.',
    details:
      'One round of everything: sweep, then each role takes work, as many at once as `workers` in rota.yaml says, until nothing is eligible. Made for cron.',
    options: [['--once', 'One task a role.'], VERBOSE],
    examples: [
      ['rota shift', 'until nothing is eligible'],
      ['*/20 * * * * cd /path/to/repo && rota shift --once', 'a line for crontab -e'],
    ],
    load: async () => (await import('./commands/shift.ts')).shift,
  },
  {
    name: 'stop',
    args: '[ID]',
    summary: 'End a running worker in order.',
    details:
      'Its agent is ended, its work is kept, its lock is given back; waits for that, a minute at most. Only workers of this machine: for one elsewhere it says where. A shift goes on with other tasks; with --all it ends, too.',
    options: [['--all', 'Every worker of this machine.']],
    examples: [
      ['rota stop A32', 'the worker of A32'],
      ['rota stop --all', 'all that run here'],
    ],
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  {
    name: 'land',
    args: '<ID>',
    summary: "Gate a task's branch and land it.",
    details:
      'Also for a branch that a person prepared. Everything that a run checks is checked: contract, backlog, gate.',
    options: [
      ['--branch <name>', 'The branch to land (default: the one rota made for the task).'],
      ['--accept <reason>', 'Accept what the contract holds back; the reason is recorded.'],
      VERBOSE,
    ],
    examples: [
      ['rota land A32', 'gate it and land it'],
      ['rota land A32 --accept "the config change is wanted"', 'a held task'],
    ],
    load: async () => (await import('./commands/land.ts')).land,
  },
  {
    name: 'lock',
    args: '<ID>',
    summary: 'Keep a task for yourself.',
    details:
      'No worker takes it; one that has it stops at the next look. The lock is a block in the task file on main.',
    examples: [['rota lock A32', 'A32 is yours']],
    load: async () => (await import('./commands/lock.ts')).lock,
  },
  {
    name: 'unlock',
    args: '<ID>',
    summary: 'Give a task free again.',
    details: 'Takes your lock off, or takes the task away from a worker, whose work is kept.',
    examples: [['rota unlock A32', "A32 is anybody's"]],
    load: async () => (await import('./commands/unlock.ts')).unlock,
  },
  {
    name: 'pause',
    args: '[role]',
    summary: 'Let no role take new tasks.',
    details: 'Without a role: all of them. Running work goes on.',
    examples: [
      ['rota pause', 'everything; running work goes on'],
      ['rota pause architect', 'only the architect'],
    ],
    load: async () => (await import('./commands/pause.ts')).pause,
  },
  {
    name: 'resume',
    args: '[role]',
    summary: 'Undo rota pause, and let a role that paused itself go on.',
    details:
      'A role whose runs ended three times in a row without landing, or whose client is not logged in, takes no task by itself on this machine until then.',
    examples: [
      ['rota resume', 'everything'],
      ['rota resume developer', 'this role'],
    ],
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  {
    name: 'sweep',
    summary: 'Free dead locks and clean up after them.',
    details:
      'Frees locks of dead workers, rescues and removes their worktrees, finishes half-done landings, and names what it kept and why. Locks of living workers are left alone.',
    options: [
      ['--dry-run', 'Only say what would be done.'],
      ['--watch <duration>', 'Sweep again and again for so long: 16m frees what other machines left dead.'],
      ['--discard <ID>', 'Remove the kept worktree of this task; what is in it is rescued first.'],
      VERBOSE,
    ],
    examples: [
      ['rota sweep --dry-run', 'look first'],
      ['rota sweep', 'do it'],
      ['rota sweep --discard A32', 'the worktree of A32 may go'],
    ],
    load: async () => (await import('./commands/sweep.ts')).sweep,
  },
  {
    name: 'rescue',
    args: '[action] [name]',
    summary: 'List, show and restore what was kept.',
    details:
      'What would have been lost with a worktree is kept on refs/rota/rescue/<ID>/<time> for 90 days. Actions: list (the default) names it, with the files that moves of main hold aside; show looks into one; restore makes a new branch, or a new folder outside every checkout; it never writes over anything.',
    options: [
      ['--to <folder>', 'restore: all its files into this new folder.'],
      ['--branch <name>', 'restore: a new branch of this name (default: rescue/<ID>/<time>).'],
      ['--staged', 'restore: what was staged there instead of the files.'],
    ],
    examples: [
      ['rota rescue list', 'everything that is kept'],
      ['rota rescue show A32', 'its files and sizes, beside its branch'],
      ['rota rescue restore A32 --to ../a32', 'its files, in a new folder'],
    ],
    load: async () => (await import('./commands/rescue.ts')).rescue,
  },
  {
    name: 'sync',
    summary: "Bring local main to the remote's.",
    details:
      'Also where main is checked out; what is not committed there is never touched. Refused when local main has commits that the remote lacks.',
    examples: [['rota sync', 'never touches what you have not committed']],
    load: async () => (await import('./commands/sync.ts')).sync,
  },
  {
    name: 'demo',
    summary: 'Watch every role work in a small repository.',
    details:
      'Makes a repository with a test suite and a backlog, then runs a shift in it with a scripted agent. No network, no account.',
    options: [['--keep <folder>', 'Make it in this folder (default: a temporary one).']],
    examples: [['rota demo', 'about 20 seconds']],
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'worker',
    summary: 'Work for a repository from an empty machine.',
    details:
      'Clones it into the cache folder, lets the role work until nothing is eligible (or --max runs are over), and removes the clone again, and those of workers that were killed here. What could not be pushed keeps a clone, and is named. The role sweeper watches the locks of machines that vanished. For containers, clusters and CI services: the state is the git remote.',
    options: [
      ['--repo <address>', 'What git clones; this machine must be able to push there.'],
      ['--role <name>', 'Which role works.'],
      ['--max <count>', 'At most so many runs (default: until nothing is eligible).'],
      ['--agent <name>', "Another of rota.yaml's agents than the role's."],
    ],
    examples: [
      ['rota worker --repo https://git.example.org/shop.git --role developer --max 5', 'then it is gone'],
    ],
    load: async () => (await import('./commands/worker.ts')).worker,
  },
  {
    name: 'schedule',
    args: '[action]',
    summary: 'Let the roles work by themselves, regularly.',
    details:
      "What rota.yaml's `schedule` says, else: developer every 20 minutes, tester every hour, pm and architect at night, sweeper every 10 minutes. Actions: show (the default) prints what would be installed, install puts it into cron, systemd (of your user) or launchd, into a cluster by kubectl, or writes a workflow for GitHub Actions; remove takes it out again; status says when each role worked last on this machine, and what is overdue. Overlap is harmless: locks decide.",
    options: [
      ['--for <scheduler>', "cron, systemd, launchd, actions or kubernetes (default: this machine's)."],
      ['--image <image>', 'kubernetes: the image with node, git, rota and the clients (default: rota).'],
      ['--secret <name>', 'kubernetes: the Secret with the variables (default: rota).'],
    ],
    examples: [
      ['rota schedule show --for systemd', 'look first'],
      ['rota schedule install --for kubernetes --image shop-rota', 'a cluster'],
      ['rota schedule install', 'your crontab, or what this machine has'],
      ['rota schedule status', 'what ran, and what is overdue'],
    ],
    load: async () => (await import('./commands/schedule.ts')).schedule,
  },
  {
    name: 'merge-file',
    args: '<base> <ours> <theirs> [path]',
    summary: 'Merge a task file key by key: the driver that git calls.',
    examples: [["git config merge.rota.driver 'rota merge-file %O %A %B %P'", 'what rota init offers']],
    hidden: true,
    load: async () => (await import('./commands/merge-file.ts')).mergeFile,
  },
];

import type { NewTask } from '../../task/new-task.ts';

/** A task of `rota init` before it has an id. */
type TaskTemplate = Omit<NewTask, 'id' | 'epic' | 'status'> & {
  readonly name: 'first' | 'architecture' | 'architect' | 'pm' | 'tester';
};

/**
 * What `rota init` puts into a backlog: a first task that fits any repository, the epic that collects the architect's
 * findings, and the standing work of architect, PM and tester. All drafts: nothing starts by accident.
 */
export const FIRST_TASKS: readonly TaskTemplate[] = [
  {
    name: 'first',
    title: 'Say in AGENTS.md how to work on this repository',
    type: 'chore',
    priority: 'high',
    touches: ['AGENTS.md'],
    body: `People and agents who are new here should find in one place how to work on this repository. To start this task,
change \`status\` to \`ready\` and commit (or \`rota edit\` it), then \`rota run developer\`.

- [ ] AGENTS.md says in at most 60 lines what the project is, how it is laid out, and which commands install, build, test and
      lint it
- [ ] every command in it was run, and does what the file says
- [ ] rules that people already follow here (style, commits, what not to touch) are in it, each with where it shows; none is
      made up
- [ ] what the file already says and is still true stays as it is`,
  },
  {
    name: 'architecture',
    title: 'Architecture',
    type: 'epic',
    priority: 'medium',
    body: `Collects what the architect finds: debt in the structure, one task each, with where, cost, smallest step and done-criteria.
They arrive as drafts; set the ones that are worth it to \`ready\`.`,
  },
  {
    name: 'architect',
    title: 'Review the structure and the documentation',
    type: 'docs',
    priority: 'low',
    role: 'architect',
    repeat: '7d',
    body: `Standing work: set \`status\` to \`ready\` once, then it comes back every week.

- [ ] the structure was reviewed: cycles, duplicated rules, leaking layers, oversized units, risky dependencies
- [ ] at most five findings are proposed as debt tasks under the Architecture epic, none of them twice; or there are none, and
      the result says what was looked at
- [ ] documentation and decision records that had drifted from the code agree with it again`,
  },
  {
    name: 'pm',
    title: 'Keep the backlog ready to be worked on',
    type: 'chore',
    priority: 'low',
    role: 'pm',
    repeat: '1d',
    body: `Standing work: set \`status\` to \`ready\` once, then it comes back every day.

- [ ] every ready task is unique, can land alone, has criteria that can be checked, and has \`depends\` and \`touches\`
- [ ] what would take more than a day has a proposed split
- [ ] every change of priority or order has its reason in the result
- [ ] questions of blocked tasks are answered where the repository has the answer, and left alone where it has not`,
  },
  {
    name: 'tester',
    title: 'Test what nothing tests yet',
    type: 'test',
    priority: 'low',
    role: 'tester',
    repeat: '7d',
    body: `Standing work: set \`status\` to \`ready\` once, then it comes back every week.

- [ ] coverage was measured before and after with the same command, and both numbers are in the result
- [ ] one to three untested handlers or validation branches are named from that measurement and now have tests: boundary,
      invalid, error, authorisation where they apply
- [ ] each new test was seen to fail when the code was broken on purpose
- [ ] each real bug that came up is proposed as a bug task, and no code changed`,
  },
];

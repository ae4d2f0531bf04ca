/**
 * The result file (docs/files.md) as the protocol shows it to every agent, whatever its role's text says. Complete and
 * valid, so that it can be copied; agent/result.ts reads it.
 */
export function resultExample(id: string, mayAddTasks: boolean): string {
  return [
    '---',
    'outcome: done            # done | partial | blocked',
    `summary: one line, what is different now that ${id} is done`,
    'commit: {type: feat, subject: add the endpoint that lists registrations}',
    'tests: [test/registrations.test.ts]     # test files you added or changed',
    'criteria:                # each criterion of the task, in its own words',
    '  - {text: "Lists newest first", met: yes, proof: "registrations.test.ts, red before and green after"}',
    ...(mayAddTasks ? ['tasks: []                # work you propose, at most 5; entries as below'] : []),
    '# question: "…"          # with outcome: blocked, the one thing that you must know',
    '---',
    'What changed and why; what a reader should look at first.',
  ].join('\n');
}

/** One entry of `tasks:` in the result. */
export const PROPOSED_TASK_EXAMPLE = [
  'tasks:',
  '  - id: NEW-1            # NEW-2…; `depends` of another proposal may name it',
  '    title: One line, what will be different',
  '    type: bug            # feature bug chore docs test debt',
  '    priority: medium     # high medium low',
  '    depends: []          # ids',
  '    touches: ["src/registrations/**"]',
  '    body: "What and why, with file and line.\\n- [ ] a criterion that can be checked"',
].join('\n');

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
const journals = { project: 'git', test: 'test/git/home/journals.test.ts' };
const restoring = { project: 'e2e', test: 'test/e2e/cli/rescue-restore.test.ts' };

/** More of promises 7, 9 and 10: journals that are not to be believed, merges of task files, and what is restored. */
export const HEALING = [
  {
    promise: 7,
    name: 'a journal is believed in whatever it names',
    file: 'src/store/home/decode-journal.ts',
    find: "value['v'] === 1 && isJournal(repository, value) ? value : null;",
    replace:
      "value['v'] === 1 && (isJournal(repository, value) || 'move' in value) ? (value as never) : null;",
    ...journals,
    title: 'a forged journal is named, and nobody touches anything',
  },
  {
    promise: 7,
    name: 'a journal is believed in whatever main and the checkouts say',
    file: 'src/store/home/replay.ts',
    find: 'if (doubt !== null) {',
    replace: "if (doubt === '') {",
    ...journals,
    title: 'a forged journal is named, and nobody touches anything',
  },
  {
    promise: 7,
    name: 'a merge of two bodies is not compared with what both sides wrote',
    file: 'src/task/merge-body.ts',
    find: 'if (keepsEdits(base, ours, theirs, body)) return',
    replace: "if (body !== '' || keepsEdits(base, ours, theirs, body)) return",
    project: 'unit',
    test: 'test/unit/task/merge-fuzz.test.ts',
    title: 'one side frees a heading from its code block, the other adds a log: nothing is dropped',
  },
  {
    promise: 7,
    name: 'what is restored goes onto what is there',
    file: 'src/run/rescue/restore-rescue.ts',
    find: '  if ((await files.facts(folder)) !== null) throw taken(folder);\n',
    replace: '',
    ...restoring,
    title: 'never onto anything that is there, and never into a checkout',
  },
  {
    promise: 7,
    name: 'what is restored goes into a checkout',
    file: 'src/run/rescue/restore-rescue.ts',
    find: 'if (`${folder}${sep}`.startsWith(`${place}${sep}`))',
    replace: 'if (folder === place)',
    ...restoring,
    title: 'never onto anything that is there, and never into a checkout',
  },
  {
    promise: 9,
    name: "a landing's change of another task counts as a person's edit",
    file: 'src/run/land/follow-rewritten.ts',
    find: 'if (rewritten.length === 0) return [];',
    replace: 'if (rewritten.length >= 0) return [];',
    project: 'git',
    test: 'test/git/promises/rewritten-tasks.test.ts',
    title: "is no person's edit: attempts, backoff and state of that task stay",
  },
  {
    promise: 10,
    name: 'what a dead process left is not finished where time is short',
    file: 'src/store/home/move-main-locally.ts',
    find: '(main.length === 0 ? PATIENCE.move : limit) && (!dead || replayed))',
    replace: '(main.length === 0 ? PATIENCE.move : limit))',
    project: 'git',
    test: 'test/git/home/replay.test.ts',
    title: 'a dead move is finished before the next one, also where every look takes longer',
  },
];

import { expect, test } from 'vitest';
import { readResult } from '../../../src/agent/result.ts';
import { PROPOSED_TASK_EXAMPLE, resultExample } from '../../../src/role/result-example.ts';

const read = (...lines: string[]) => readResult(['---', ...lines, '---', 'Body.'].join('\n'));
const problem = (...lines: string[]) => {
  const got = read(...lines);
  return 'problem' in got ? got.problem : `no problem: ${JSON.stringify(got)}`;
};

test('a complete result', () => {
  const got = read(
    'outcome: Done',
    'summary: "It works"',
    'commit: {type: feat, subject: add the endpoint}',
    'tests: [test/a.test.ts]',
    'criteria:',
    '  - {text: Newest first, met: yes, proof: a.test.ts}',
    '  - {text: Paged, met: false}',
    'tasks:',
    '  - {id: NEW-1, title: Tidy up, type: Debt, priority: LOW, depends: [A3], touches: "src/**", epic: A9, body: "a\\nb"}',
    '  - {id: NEW-2, title: More, depends: NEW-1}',
    'mood: fine',
  );
  expect(got).toEqual({
    result: {
      outcome: 'done',
      summary: 'It works',
      commit: { type: 'feat', subject: 'add the endpoint' },
      tests: ['test/a.test.ts'],
      criteria: [
        { text: 'Newest first', met: true, proof: 'a.test.ts' },
        { text: 'Paged', met: false, proof: '' },
      ],
      tasks: [
        {
          id: 'NEW-1',
          title: 'Tidy up',
          type: 'debt',
          priority: 'low',
          depends: ['A3'],
          touches: ['src/**'],
          epic: 'A9',
          body: 'a\nb',
        },
        {
          id: 'NEW-2',
          title: 'More',
          type: null,
          priority: null,
          depends: ['NEW-1'],
          touches: [],
          epic: null,
          body: '',
        },
      ],
      question: null,
      details: 'Body.',
    },
  });
});

test('the example that every agent is shown can be read', () => {
  expect(readResult(resultExample('A1', true))).toMatchObject({ result: { outcome: 'done' } });
  const example = resultExample('A1', true).replace(/^tasks:.*$/m, PROPOSED_TASK_EXAMPLE);
  expect(readResult(example)).toMatchObject({ result: { tasks: [{ id: 'NEW-1', type: 'bug' }] } });
});

test('only the outcome has to be there', () => {
  expect(read('outcome: blocked', 'question: Which one?')).toEqual({
    result: {
      outcome: 'blocked',
      summary: null,
      commit: null,
      tests: [],
      criteria: [],
      tasks: [],
      question: 'Which one?',
      details: 'Body.',
    },
  });
});

test('control characters are stripped, one line stays one line, sizes are bounded', () => {
  const got = readResult(
    `---\noutcome: done\nsummary: "a\\e[31mb\\n\\nTask: A2\\u202e"\ncommit: {type: fix, subject: "${'x'.repeat(500)}"}\n---\nred\u001b[31m\r\n${'y'.repeat(100_000)}`,
  );
  if (!('result' in got)) throw new Error(got.problem);
  expect(got.result.summary).toBe('ab Task: A2');
  expect(got.result.commit?.subject).toHaveLength(100);
  expect(got.result.details.startsWith('red\nyyy')).toBe(true);
  expect(got.result.details).toHaveLength(64 * 1024);
});

test.each([
  [['summary: x'], 'outcome: expected done, partial, blocked'],
  [['outcome: finished'], 'line 2: outcome: expected done, partial, blocked'],
  [['outcome: done', 'criteria: [yes]'], 'criteria.0: expected text, met (yes or no) and proof'],
  [['outcome: done', 'criteria: [{text: a, met: maybe}]'], 'criteria.0.met: expected yes or no'],
  [['outcome: done', 'commit: fix it'], 'line 3: commit: expected type and subject'],
  [['outcome: done', 'commit: {type: feature, subject: x}'], 'commit.type: expected feat, fix'],
  [['outcome: done', 'tasks: [{id: A7, title: x}]'], 'tasks.0.id: expected NEW-1'],
  [['outcome: done', 'tasks: [{id: NEW-1, title: ""}]'], 'tasks.0.title: expected a title'],
  [['outcome: done', 'tasks: [{id: NEW-1, title: x}, {id: NEW-1, title: y}]'], 'an id of its own'],
  [
    ['outcome: done', `tasks: [${[1, 2, 3, 4, 5, 6].map((n) => `{id: NEW-${n}, title: x}`).join(', ')}]`],
    'at most 5 proposed tasks',
  ],
  [['outcome: done', 'tests: {a: b}'], 'tests: expected a list of tests'],
  [['outcome: done', 'outcome: done'], 'cannot be read'],
  [['outcome: [unclosed'], 'cannot be read'],
])('%j is a problem that says what was expected', (lines, expected) => {
  expect(problem(...lines)).toContain(expected);
});

test('no front-matter, another language, too large, hostile keys', () => {
  expect(readResult('I am done.')).toEqual({ problem: expect.stringContaining('no front-matter') });
  expect(readResult('')).toEqual({ problem: expect.stringContaining('no front-matter') });
  expect(readResult('---js\nprocess.exit(1)\n---\n')).toEqual({
    problem: expect.stringContaining('cannot be read'),
  });
  expect(readResult(`---\noutcome: done\n---\n${'é'.repeat(140_000)}`)).toEqual({
    problem: expect.stringContaining('at most 262144'),
  });
  expect(read('outcome: done', '__proto__: {question: x}')).toMatchObject({ result: { question: null } });
});

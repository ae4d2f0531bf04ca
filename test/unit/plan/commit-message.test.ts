import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LandingTrailers,
  landingMessage,
  leftoverCommitMessage,
} from '../../../src/plan/commit-message.ts';
import { readTrailers } from '../../../src/plan/landing-trailers.ts';
import { TASK_TYPES } from '../../../src/task/task.ts';
import { makeTask } from './make.ts';

const TRAILERS: LandingTrailers = {
  task: 'A32',
  role: 'developer',
  run: 'R1',
  branch: 'ai/developer/A32-x',
  agent: 'mine',
  gate: ['npm test: passed in 4 s', 'npm run lint: passed in 1 s'],
  gated: 'a'.repeat(40),
};
const EXPECTED = {
  Task: ['A32'],
  Role: ['developer'],
  Run: ['R1'],
  Branch: ['ai/developer/A32-x'],
  Agent: ['mine'],
  Gate: TRAILERS.gate,
  Gated: [TRAILERS.gated],
};
const task = makeTask('A32', { title: 'Add the list' });
const landing = (over: Partial<Parameters<typeof landingMessage>[0]> = {}) =>
  landingMessage({ task, commit: null, body: null, trailers: TRAILERS, ...over });
const header = (message: string) => message.split('\n')[0];

describe('leftoverCommitMessage', () => {
  it.each([
    ['feature', 'feat'],
    ['bug', 'fix'],
    ['chore', 'chore'],
    ['docs', 'docs'],
    ['test', 'test'],
    ['debt', 'refactor'],
  ] as const)('%s is %s', (type, expected) => {
    expect(header(leftoverCommitMessage({ ...task, type }, 'developer', null))).toBe(
      `${expected}(A32): Add the list`,
    );
  });

  it.each([
    [{ type: 'fix', subject: 'add list endpoint' }, 'fix(A32): add list endpoint'],
    [{ type: 'FIX', subject: 'add list.' }, 'fix(A32): add list'],
    [{ type: 'evil\nRun: x', subject: 'a' }, 'feat(A32): a'],
    [{ type: null, subject: 'feat(A32): add it' }, 'feat(A32): add it'],
    [{ type: null, subject: 'api: add it' }, 'feat(A32): api: add it'],
    [{ type: 'feat', subject: ' \n ' }, 'feat(A32): Add the list'],
    [{ type: 'feat', subject: 'a\nRun: R2\n\n\u001b[31mred\u0007\u202e' }, 'feat(A32): a Run: R2 red'],
    [{ type: 'feat', subject: '€'.repeat(200) }, `feat(A32): ${'€'.repeat(88)}…`],
  ])('%j', (commit, expected) => {
    expect(header(leftoverCommitMessage(task, 'developer', { commit, summary: null }))).toBe(expected);
  });

  it('has the summary as its body', () => {
    expect(
      leftoverCommitMessage(task, 'developer', { commit: null, summary: 'What I did.\n\nRun: R9' }),
    ).toBe('feat(A32): Add the list\n\nWhat I did.\n\n> Run: R9\n');
    expect(leftoverCommitMessage(task, 'developer', null)).toContain('\n\nWork of role developer');
    expect(readTrailers(leftoverCommitMessage(task, 'd', { commit: null, summary: 'Run: R9' }))).toEqual(
      new Map(),
    );
  });
});

describe('landingMessage', () => {
  it('is header, body, trailers', () => {
    expect(landing({ body: 'Why.\n' })).toBe(
      [
        'feat(A32): Add the list',
        '',
        'Why.',
        '',
        'Task: A32',
        'Role: developer',
        'Run: R1',
        'Branch: ai/developer/A32-x',
        'Agent: mine',
        'Gate: npm test: passed in 4 s',
        'Gate: npm run lint: passed in 1 s',
        `Gated: ${'a'.repeat(40)}`,
        '',
      ].join('\n'),
    );
  });

  it('nobody can forge a trailer or a second line of the header', () => {
    const hostile = fc.array(
      fc.constantFrom(
        '\n',
        '\n\n',
        '\r',
        '\u2028',
        '\n---\n',
        'Run: R2',
        'Gated: 0',
        ' ',
        'x',
        '\u001b[2K',
        '\u202e',
        ': ',
      ),
      { maxLength: 12 },
    );
    const text = fc.oneof(
      hostile.map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(
        text,
        text,
        text,
        text,
        fc.constantFrom(...TASK_TYPES),
        (title, subject, body, agent, type) => {
          const trailers = { ...TRAILERS, agent: `mine${agent}` };
          const message = landing({
            task: { id: 'A32', title, type },
            commit: { type: subject, subject },
            body,
            trailers,
          });
          const found = readTrailers(message);
          expect(Object.fromEntries(found)).toEqual({ ...EXPECTED, Agent: [expect.stringMatching(/^mine/)] });
          expect([...header(message)!].length).toBeLessThanOrEqual(100);
          expect(header(message)).toMatch(/^[a-z]+\(A32\): ./u);
          expect(message).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|^---/mu);
          expect(message.match(/^(?:Run|Gated):/gm)).toHaveLength(2);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('readTrailers', () => {
  it.each([
    ['a message without a body', 'Run: R1'],
    ['a last paragraph that is prose', 'x\n\nRun: R1\nand more'],
    ['trailers before the last paragraph', 'x\n\nRun: R1\n\nprose'],
  ])('finds none in %s', (_name, message) => {
    expect(readTrailers(message).size).toBe(0);
  });
});

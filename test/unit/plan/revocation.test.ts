import { expect, it } from 'vitest';
import { isRevoked, type RevocationFacts } from '../../../src/plan/revocation.ts';
import { makeBlock, makeTask } from './make.ts';

const own = { lock: makeBlock({ run: 'R1' }) };
it.each<[string, boolean, RevocationFacts['task'], boolean]>([
  ['published, own block', true, makeTask('A1', own), false],
  ['published, renamed file', true, makeTask('A1', { ...own, file: 'backlog/new/A1.md' }), false],
  ['published, block deleted', true, makeTask('A1'), true],
  ["published, another run's block", true, makeTask('A1', { lock: makeBlock({ run: 'R2' }) }), true],
  ["published, a person's block", true, makeTask('A1', { lock: makeBlock({ by: 'mike' }) }), true],
  ['published, status changed', true, makeTask('A1', { ...own, status: 'draft' }), true],
  ['not published, no block', false, makeTask('A1'), false],
  [
    "not published, a leftover of another run's",
    false,
    makeTask('A1', { lock: makeBlock({ run: 'R0' }) }),
    false,
  ],
  ["not published, a person's block", false, makeTask('A1', { lock: makeBlock({ by: 'mike' }) }), true],
  ['not published, status changed', false, makeTask('A1', { status: 'dropped' }), true],
  ['not published, done', false, makeTask('A1', { status: 'done' }), true],
  ['deleted', false, null, true],
  ['unreadable', false, 'unreadable', true],
])('%s', (_name, published, task, revoked) => {
  const judged = isRevoked({ run: 'R1', published, task });
  expect(judged.revoked).toBe(revoked);
  expect(judged.reason).not.toBe('');
});

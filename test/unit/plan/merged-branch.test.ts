import { expect, test } from 'vitest';
import { judgeMerged, type MergedFacts } from '../../../src/plan/merged-branch.ts';

test.each<[string, MergedFacts, 'yes' | 'no' | 'unsure']>([
  ['the forge and main agree', { request: 'merged', mergeOnMain: true, work: 'not-there' }, 'yes'],
  [
    'the merge is not named, the commits are there',
    { request: 'merged', mergeOnMain: false, work: 'in-history' },
    'yes',
  ],
  [
    'squashed, the merge is not named',
    { request: 'merged', mergeOnMain: false, work: 'adds-nothing' },
    'yes',
  ],
  ['main has nothing of it', { request: 'merged', mergeOnMain: false, work: 'not-there' }, 'unsure'],
  ['its commits are nowhere', { request: 'merged', mergeOnMain: false, work: 'unknown' }, 'unsure'],
  ['open, and nothing on main', { request: 'open', mergeOnMain: false, work: 'not-there' }, 'no'],
  ['open, but merged by hand', { request: 'open', mergeOnMain: false, work: 'in-history' }, 'unsure'],
  ['open, but squashed by hand', { request: 'open', mergeOnMain: false, work: 'adds-nothing' }, 'unsure'],
  ['closed', { request: 'closed', mergeOnMain: false, work: 'not-there' }, 'no'],
  ['closed after a merge by hand', { request: 'closed', mergeOnMain: false, work: 'in-history' }, 'yes'],
  ["git's word: merged", { request: null, mergeOnMain: false, work: 'in-history' }, 'yes'],
  ["git's word: squashed", { request: null, mergeOnMain: false, work: 'adds-nothing' }, 'yes'],
  ["git's word: not there", { request: null, mergeOnMain: false, work: 'not-there' }, 'no'],
  ['nobody can say', { request: null, mergeOnMain: false, work: 'unknown' }, 'no'],
])('%s', (_name, facts, merged) => {
  expect(judgeMerged(facts).merged).toBe(merged);
});

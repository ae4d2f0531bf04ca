import { expect, test } from 'vitest';
import type { ContractFinding } from '../../../src/plan/changed-file.ts';
import {
  acceptance,
  acceptedAs,
  acceptedTrailers,
  readAcceptance,
} from '../../../src/run/land/acceptance.ts';

const finding = (rule: string, path: string, severity: 'held' | 'refused' = 'held'): ContractFinding => ({
  ...{ severity, path, rule },
  message: `${path}: ${rule}`,
});
const [A, B, C] = [
  finding('limit-lines', '.'),
  finding('test-removed', 'test/a.ts'),
  finding('protected', 'rota.yaml'),
];

test('covers what is held when it is first asked, and nothing that comes up later', () => {
  const accept = acceptance('fine');
  expect(accept.open('contract', [A, B])).toEqual([]);
  expect(accept.open('contract', [A, C])).toEqual([C]);
  expect(accept.covered()).toEqual(['limit-lines: .', 'test-removed: test/a.ts']);
});

test('covers nothing that is refused', () => {
  const bad = finding('secret', 'a', 'refused');
  const accept = acceptance('fine');
  expect(accept.open('contract', [A, bad])).toEqual([bad]);
  expect(accept.covered()).toEqual(['limit-lines: .']);
});

test('asks for each kind of findings at its own time', () => {
  const accept = acceptance('fine');
  expect(accept.open('contract', [A])).toEqual([]);
  expect(accept.open('tests', [B])).toEqual([]);
  expect(accept.open('tests', [B, C])).toEqual([C]);
});

test('comes back from the trailers as it was given', () => {
  const odd = [' a', 'ä/b', 'x\ny', 'a  b', `${'long/'.repeat(60)}a`, '"q"'].map((path) =>
    finding('limit-file-size', path),
  );
  const given = acceptance('as: I said');
  given.open('contract', [A, B, ...odd]);
  const lines = acceptedTrailers(given);
  expect(lines[0]).toBe('accepted: as: I said');
  expect(lines.every((line) => /^[\x20-\x7e]{1,190}$/.test(line))).toBe(true);
  const back = readAcceptance(['green; npm test passed', ...lines]);
  expect(back?.reason).toBe('as: I said');
  expect(back?.open('contract', [A, B, ...odd, C])).toEqual([C]);
  // Nothing more is accepted by looking again.
  expect(back?.open('contract', [C])).toEqual([C]);
  expect(new Set(odd.map(acceptedAs)).size).toBe(odd.length);
});

test('is none where no trailer says so', () => {
  expect(readAcceptance(['green; accepted: no', 'accepted limit-lines: .'])).toBe(null);
  expect(acceptedTrailers(null)).toEqual([]);
});

test('a landing names at most 200 of them: what is not named is not accepted when it waits', () => {
  const many = Array.from({ length: 300 }, (_, at) => finding('protected', `roles/${at}.md`));
  const given = acceptance('all of it');
  expect(given.open('contract', many)).toEqual([]);
  expect(readAcceptance(acceptedTrailers(given))?.open('contract', many)).toHaveLength(100);
});

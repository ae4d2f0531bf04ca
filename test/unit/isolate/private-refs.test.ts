import { describe, expect, it } from 'vitest';
import { formatPrivateRefs, parsePrivateRefs } from '../../../src/run/workplace/private-refs.ts';
import { reachInWords } from '../../../src/run/workplace/reach-in-words.ts';

const OID = 'a'.repeat(40);

describe('packed refs', () => {
  it('are read as they are written', () => {
    const refs = new Map([
      ['refs/heads/main', OID],
      ['refs/tags/v1', 'b'.repeat(64)],
    ]);
    expect(parsePrivateRefs(formatPrivateRefs(refs))).toEqual(refs);
  });

  it.each([
    '',
    '# pack-refs with: peeled',
    `^${OID}`,
    `${OID} HEAD`,
    `${OID.slice(1)} refs/heads/x`,
    `${OID} refs/heads/a b`,
  ])('without %j', (line) => {
    expect(parsePrivateRefs(`${line}\n${OID} refs/heads/main\n`)).toEqual(
      new Map([['refs/heads/main', OID]]),
    );
  });
});

describe('what an agent reaches, in words', () => {
  it('is one line without control characters', () => {
    const rules = { network: 'none', read: ['~/a', '~/b\u001b[31m'], image: null } as const;
    const words = reachInWords('its worktree', rules, ['~/a']);
    expect(words).toMatch(
      /^the agent can change its worktree .*; nothing else of yours; no network; not on this machine: ~\/a$/,
    );
    expect(words).not.toMatch(/[\u0000-\u001f]/);
  });
});

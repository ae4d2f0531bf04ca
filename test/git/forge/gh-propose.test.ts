import { describe, expect, test } from 'vitest';
import { openHub, proposal } from './fixture.ts';

const BRANCH = 'ai/developer/A1-it';

describe('proposing through gh', () => {
  test('pushes the branch and opens one request, however often it is done', async () => {
    const { hub, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    const gh = await forge();
    expect(gh.name).toBe('gh');
    const first = await gh.propose(proposal(BRANCH, tip));
    expect(first).toEqual({
      number: 1,
      url: `https://${hub.host}/acme/shop/pull/1`,
      link: null,
      created: true,
      notes: [],
    });
    expect(hub.get(1)).toMatchObject({
      head: tip,
      base: 'main',
      title: 'feat(A1): add it',
      state: 'OPEN',
      draft: false,
    });
    expect(hub.bare.git('rev-parse', `refs/heads/${BRANCH}`, 'refs/pull/1/head').split('\n')).toEqual([
      tip,
      tip,
    ]);
    expect(await gh.propose(proposal(BRANCH, tip))).toMatchObject({ number: 1, created: false });
    expect(hub.all()).toHaveLength(1);
  });
});

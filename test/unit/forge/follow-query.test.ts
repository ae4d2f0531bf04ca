import { schema } from '@octokit/graphql-schema';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { AUTO_MERGE } from '../../../src/forge/gh/decorate-request.ts';
import { followQuery } from '../../../src/forge/gh/follow-query.ts';

/** GitHub's whole schema as it publishes it, a field that it names twice included. */
const github = buildSchema(schema.idl, { assumeValidSDL: true });
const shop = { owner: 'acme', name: 'shop' };

describe("what rota asks of GitHub's GraphQL", () => {
  test.each([true, false])('is valid by the schema that GitHub publishes (comments: %s)', (comments) => {
    const asked = [
      { number: 12, branch: '' },
      { number: null, branch: 'ai/x/A1-it' },
      { number: 13, branch: '' },
    ];
    const { query, variables } = followQuery(shop, asked, { comments });
    expect(validate(github, parse(query)).map(({ message }) => message)).toEqual([]);
    expect(variables).toEqual({ ...shop, n0: 12, b1: 'ai/x/A1-it', n2: 13 });
    expect(query.includes('comments(')).toBe(comments);
  });

  test('is valid where it changes something', () => {
    expect(validate(github, parse(AUTO_MERGE)).map(({ message }) => message)).toEqual([]);
  });

  test('never has a name in it', () => {
    const names = { owner: 'OWNERNAME', name: 'REPONAME' };
    const { query } = followQuery(names, [{ number: null, branch: 'BRANCHNAME"}' }], { comments: true });
    expect(query).not.toMatch(/OWNERNAME|REPONAME|BRANCHNAME/);
  });

  test('stays far below what GitHub allows in one question', () => {
    const asked = Array.from({ length: 50 }, (_, at) => ({ number: at + 1, branch: '' }));
    const { query } = followQuery(shop, asked, { comments: true });
    // GitHub counts first/last of every list, times those of the lists around it: 500,000 at most.
    const one = 50 + 1 + 100 + 50 + 50 + 50 + 50 * 5;
    for (const words of ['last: 50, writersOnly', 'commits(last: 1)', 'first: 100', 'comments(last: 5)'])
      expect(query).toContain(words);
    expect(50 * one).toBeLessThan(500_000);
    expect(query.length).toBeLessThan(20_000);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whereHistoryEnds } from '../../../src/plan/clone-history.ts';

/** `a: b c` is a commit with its parents. */
function listed(...lines: string[]): Map<string, string[]> {
  return new Map(
    lines.map((line) => {
      const [commit = '', ...parents] = line.split(/:? /).filter((word) => word !== '');
      return [commit.replace(':', ''), parents];
    }),
  );
}

describe('where the history of a clone ends', () => {
  const line = listed('d: c', 'c: b', 'b: a', 'a:');

  test('nowhere, when all of it is there', () => {
    expect(whereHistoryEnds(line, ['d'], 4)).toEqual([]);
    expect(whereHistoryEnds(line, ['d'], 100)).toEqual([]);
  });

  test('at the depth, counted from each tip', () => {
    expect(whereHistoryEnds(line, ['d'], 2)).toEqual(['c']);
    expect(whereHistoryEnds(line, ['d', 'b'], 1)).toEqual(['d', 'b']);
    expect(whereHistoryEnds(line, ['d', 'c'], 3)).toEqual([]);
  });

  test('where one side of a merge is cut off and the other is not', () => {
    const merge = listed('m: x y', 'x: a', 'y: y2', 'y2: y3', 'y3:', 'a:');
    expect(whereHistoryEnds(merge, ['m'], 3)).toEqual(['y2']);
  });

  test('where commits were not listed, tips included', () => {
    expect(whereHistoryEnds(listed('d: c'), ['d'], 10)).toEqual(['c']);
    expect(whereHistoryEnds(listed('d: c'), ['z'], 10)).toEqual(['z']);
  });

  test('cut off at its ends, what is nearer to a tip than the depth is there, and nothing else', () => {
    const graph = fc.array(fc.array(fc.nat(50), { maxLength: 3 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(graph, fc.integer({ min: 1, max: 12 }), (parents, depth) => {
        const known = new Map(
          parents.map((some, at) => [`c${at}`, some.filter((one) => one < at).map((one) => `c${one}`)]),
        );
        const tips = [`c${parents.length - 1}`, 'c0'];
        const ends = new Set(whereHistoryEnds(known, tips, depth));
        const within = new Set<string>();
        const walk = (commit: string) => {
          if (within.has(commit)) return;
          within.add(commit);
          if (!ends.has(commit)) for (const parent of known.get(commit) ?? []) walk(parent);
        };
        tips.forEach(walk);
        // Cut off there, what is near a tip is there, and an end is where something is missing.
        const near = new Set(tips);
        for (let count = 1; count < depth; count++)
          for (const commit of [...near]) for (const parent of known.get(commit) ?? []) near.add(parent);
        expect(within).toEqual(near);
        for (const end of ends) expect(known.get(end)!.some((parent) => !near.has(parent))).toBe(true);
      }),
    );
  });
});

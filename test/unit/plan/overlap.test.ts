import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { globMatcher, matchGlobs } from '../../../src/plan/glob.ts';
import { globsOverlap } from '../../../src/plan/overlap.ts';

describe('globsOverlap', () => {
  it.each([
    ['src/a/**', 'src/a/b.ts', true],
    ['src/a/**', 'src/ab/**', false],
    ['src/**', 'src', true],
    ['src/a', 'src/a/b.ts', true],
    ['src/a/', './src/a/b.ts', true],
    ['src/*.ts', 'src/*.js', false],
    ['src/*.ts', 'src/a*', true],
    ['src/*.ts', 'src/x/*.ts', false],
    ['**/*.md', 'docs/**', true],
    ['**/x/**', 'a/*.ts', false],
    ['a/?.ts', 'a/bc.ts', false],
    ['a/?.ts', 'a/b.ts', true],
    ['src/{a,b}/**', 'src/c/**', false],
    ['src/{a,b/c}/**', 'src/b/c/d', true],
    ['src/[ab]/x', 'src/a/x', true],
    ['src/[ab]/x', 'docs/x', false],
    ['!src/**', 'docs/x', true],
    ['./!src/**', 'docs/x', true],
    ['a|b', 'b', true],
    ['', 'x', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(globsOverlap(a, b)).toBe(expected);
    expect(globsOverlap(b, a)).toBe(expected);
  });

  it('never says no when one path matches both', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), minLength: 1, maxLength: 3 });
    const folder = name.filter((text) => !/^\.+$/.test(text));
    const path = fc.array(folder, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        'c',
        '.',
        '*',
        '**',
        '?',
        '/',
        '/',
        '{a,b}',
        '{a,b/a}',
        '{a..c}',
        '{,b}',
        '[ab]',
        '[!a]',
        '[^b]',
      ],
      ...[
        '@(a|b)',
        '!(a)',
        '+(a|b)',
        '*(b)',
        '?(a)',
        '(a|b)',
        '\\a',
        '"a"',
        '!',
        '|',
        '+',
        '@',
        '(',
        '{',
        ']',
        ',',
      ],
    );
    const free = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    let met = 0;
    const check = (concrete: string, a: string, b: string) => {
      const matches = [a, b].every((glob) => picomatch(glob, { dot: true, windows: false })(concrete));
      if (!matches) return;
      met += 1;
      expect(globsOverlap(a, b), `${concrete} matches ${a} and ${b}`).toBe(true);
    };
    const run = fc.property(path, fc.infiniteStream(fc.nat(11)), free, (concrete, choices, other) => {
      const a = blur(concrete, choices);
      check(concrete, a, blur(concrete, choices));
      check(concrete, a, other);
      check(concrete, other, other.replace('a', '*'));
    });
    fc.assert(run, { numRuns: 6000 });
    expect(met).toBeGreaterThan(2000);
  });
});

/** A glob made from a path by making parts of it vaguer. */
function blur(path: string, choices: Iterator<number>): string {
  const next = () => choices.next().value as number;
  const segments = path.split('/').flatMap((segment) => {
    const choice = next();
    if (choice === 0) return ['**'];
    if (choice === 1) return ['*'];
    if (choice === 2) return ['**', segment];
    if (choice === 3) return [`{${segment},zz}`];
    const characters = [...segment].map((character) => {
      const kind = next();
      if (kind === 0) return '*';
      if (kind === 1) return '?';
      if (kind === 2) return `[${character}]`;
      if (kind === 3) return `{${character},q}`;
      return kind === 4 ? `@(${character}|q)` : character;
    });
    return [characters.join('')];
  });
  return next() === 0 ? `${segments[0]}/**` : segments.join('/');
}

describe('matchGlobs', () => {
  it.each([
    [['**', '!backlog/**'], 'src/a.ts', true],
    [['**', '!backlog/**'], 'backlog/A1.md', false],
    [['**', '!docs/**', 'docs/a.md'], 'docs/a.md', true],
    [['docs/a.md', '!docs/**'], 'docs/a.md', false],
    [['!docs/**'], 'src/a', false],
    [[], 'a', false],
    [['**'], '.github/workflows/a.yml', true],
    [['*/*', '!.github/**'], '.github/a\nb', false],
    [['**', '!', ''], 'a', true],
    [['!(a|b)/x'], 'c/x', true],
    [['SRC/**'], 'src/a', false],
  ])('%j %j: %s', (globs, path, expected) => {
    expect(matchGlobs(globs, path)).toBe(expected);
    expect(globMatcher(globs)(path)).toBe(expected);
  });
});

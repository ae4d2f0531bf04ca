import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrontMatter } from '../../../src/task/front-matter.ts';
import { scanFrontMatter } from '../../../src/task/scan.ts';

const viaYaml = (matter: string) => {
  const read = readFrontMatter(`---\n${matter}---\n`);
  return read.kind === 'read' ? { ...read.data } : read.problems;
};

describe('scanFrontMatter', () => {
  it('reads the documented example without yaml', () => {
    const matter = [
      'id: A32                      # its id',
      "title: List a member's event registrations",
      'order: 2',
      'depends: [A30, "A31"]',
      'touches: [src/registrations/**]    # glob',
      'not-before: 2026-12-01',
      'empty:',
      'lock: {run: 01JD, by: pat@host, since: 2026-11-20T11:03:23Z, branch: ai/developer/A32-member}',
      '',
    ].join('\n');
    const scanned = scanFrontMatter(matter);
    expect(scanned?.data).toEqual(viaYaml(matter));
    expect(scanned?.lines).toMatchObject({ id: 1, depends: 4, lock: 8 });
  });

  it.each([
    'a: &x b',
    'a: *x',
    'a: !t b',
    'a: |',
    'a: >-',
    '- a',
    'a:\n  - b',
    'a: b\n  c',
    'a: b: c',
    '? a',
    'a: [b',
    'a:b',
    'a: {b: [c]}',
    'a: "x\\n"',
    '__proto__: 1',
    'a: 1\na: 2',
    'a: @x',
    'a: `x',
    'a: %x',
    'a:\tb',
    '\ta: b',
    '{a: b}',
  ])('leaves %j to yaml', (matter) => expect(scanFrontMatter(`${matter}\n`)).toBeNull());

  it('agrees with yaml on everything it accepts', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ' ',
        '  ',
        ':',
        ': ',
        ' #',
        '#',
        ',',
        ', ',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '-',
        '- ',
        '!',
        '&',
        '*',
        '|',
        '>',
        '%',
        '@',
        '`',
        '\\',
        '?',
        '~',
        'null',
        'True',
        'no',
        '012',
        '1.10',
        '0x1f',
        '1e3',
        '-0',
        '-1',
        '.5',
        '.inf',
        '.nan',
        '+1',
        '12345678901234567890',
        '2026-12-01',
        '2026-12-01T10:00:00Z',
        'é',
        '漢',
        '🎉',
        'a',
        'B2',
        'src/**',
        '**/*.ts',
        '<<',
        '=',
        '...',
        '---',
        '--- x',
        'key',
        '\u0085',
        '\u00a0',
        '\u3000',
      ),
      fc.string({ maxLength: 3 }),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    const value = fc.array(piece, { maxLength: 7 }).map((parts) => parts.join(''));
    const flow = fc
      .array(value, { maxLength: 4 })
      .chain((items) =>
        fc.constantFrom(`[${items.join(', ')}]`, `{${items.map((item, i) => `k${i}: ${item}`).join(', ')}}`),
      );
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('a', 'b', 'c', 'title', 'lock', 'null', 'true', 'constructor', 'A', 'a b'),
          fc.constantFrom(': ', ':', ':  '),
          fc.oneof(value, flow),
          fc.constantFrom('', ' # c', '#', ' '),
        )
        .map((parts) => parts.join('')),
      fc.constantFrom('', '  ', '# comment', '  # indented', '...'),
    );
    const matter = fc
      .tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'))
      .map(([lines, newline]) => lines.map((l) => l.replace(/[\n]/g, '') + newline).join(''));
    let accepted = 0;
    fc.assert(
      fc.property(matter, (text) => {
        const scanned = scanFrontMatter(text);
        if (scanned === null) return;
        accepted += 1;
        expect(viaYaml(text)).toEqual(scanned.data);
      }),
      { numRuns: 6000 },
    );
    expect(accepted).toBeGreaterThan(500);
  }, 60_000);
});

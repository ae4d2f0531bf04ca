import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureFacts, failureDigest, shortFailure } from '../../../src/plan/failure-digest.ts';
import { firstErrors } from '../../../src/plan/first-errors.ts';

const noise = (count: number) =>
  Array.from({ length: count }, (_, n) => `[${n}] ✓ handles error ${n} well (0 errors, 12 passed)`);

describe('firstErrors', () => {
  it.each([
    ['tsc', ["src/a.ts(3,5): error TS2304: Cannot find name 'x'."]],
    ['tsc, pretty', ["src/a.ts:3:5 - error TS2304: Cannot find name 'x'.", '  3 |  x + 1', '      ~']],
    ['rustc', ['error[E0308]: mismatched types', '  --> src/main.rs:2:5', '   | ^^^ expected `i32`']],
    ['gcc', ["main.c:3:5: error: 'x' undeclared (first use in this function)"]],
    ['go build', ['./main.go:7:2: undefined: x']],
    ['go test', ['--- FAIL: TestAdd (0.00s)']],
    ['node', ['TypeError: x is not a function', '    at add (/src/a.js:1:1)', '    at main (/src/b.js:2:2)']],
    ['node:test', ['not ok 3 - adds two numbers']],
    ['vitest', [' FAIL  test/a.test.ts > adds', 'AssertionError: expected 2 to be 3']],
    ['jest', ['  ● adds › two numbers failed', '    Expected: 3', '    Received: 2']],
    ['pytest', ['E       assert 2 == 3', 'FAILED test_a.py::test_add - assert 2 == 3']],
    ['python', ['ValueError: no number']],
    ['java', ['Caused by: java.lang.IllegalStateException: broken', '\tat com.example.A.run(A.java:7)']],
    ['a shell', ['sh: 1: vitest: command not found']],
    ['npm', ['npm error Missing script: "lint"']],
    ['node’s loader', ["Error: Cannot find module './b.js'"]],
    ['make', ['make: *** [Makefile:3: test] Error 2']],
    ['a panic', ["thread 'main' panicked at src/main.rs:4:5:"]],
  ])('finds what %s says, among much that says nothing', (_, lines) => {
    const output = [...noise(500), ...lines, ...noise(500)].join('\n');
    const found = firstErrors(output).join('\n').split('\n');
    expect(found).toEqual(lines.map((line) => line.replaceAll('\t', '    ')));
  });

  it.each([
    '✓ throws an Error when empty',
    'ok 4 - fails with TypeError: bad',
    '0 errors, 0 failed',
    'Found no errors.',
    'Tests: 12 passed, failures: 0',
    'PASS test/error.test.ts',
    'compiling errors.ts',
    'terror and failures2 are words',
  ])('takes %j for no error', (line) => {
    expect(firstErrors(line)).toEqual([]);
  });

  it('says once what differs in numbers only, and stops after the first dozen', () => {
    const repeated = Array.from(
      { length: 50 },
      (_, n) => `src/a.ts(${n},5): error TS2304: Cannot find name 'x'.`,
    );
    expect(firstErrors(repeated.join('\n'))).toEqual([repeated[0]]);
    const letters = [...'abcdefghijklmnop'];
    const many = letters.map((letter) => `error: ${letter} is missing\n    at ${letter}.js:1:1\n`);
    expect(firstErrors(many.join(''))).toHaveLength(12);
    expect(firstErrors(many.join(''))[11]).toBe('error: l is missing\n    at l.js:1:1');
  });

  it('takes escape sequences out, and reads what was overwritten on a terminal', () => {
    const output =
      'working 10%\rworking 20%\r\u001b[31mError:\u001b[0m no\u0000 such\u202e key\u001b]0;title\u0007\r\n';
    expect(firstErrors(output)).toEqual(['Error: no such key']);
  });

  it('comes to an end with what is long, and with what was made to be slow', () => {
    const slow = [
      'a'.repeat(3_999),
      `${'1:'.repeat(1_900)}`,
      `${'.'.repeat(1_000)}:1`,
      ' '.repeat(3_900),
      '-'.repeat(3_900),
    ];
    firstErrors(Array.from({ length: 400 }, (_, n) => slow[n % slow.length]).join('\n'));
    expect(firstErrors('x'.repeat(10_000_000))).toEqual([]);
  });
});

const facts = (more: Partial<FailureFacts> = {}): FailureFacts => ({
  ...{ what: 'gate command', name: 'npm test', how: 'exit 1', failed: [], errors: [], tail: 'boom\n' },
  ...more,
});
const test = (name: string, message = 'expected 2 to be 3', file: string | null = 'test/a.test.ts') => ({
  ...{ name, file, failure: { message } },
});

describe('failureDigest', () => {
  it('has failed tests by name, the first errors, then the end', () => {
    const tail = Array.from({ length: 100 }, (_, n) => `line ${n} ${'.'.repeat(60)}`).join('\n');
    const errors = ['TypeError: x is not a function\n    at a.js:1:1'];
    const failed = [test('adds'), test('sums > two', '', null)];
    expect(
      failureDigest(facts({ failed, errors, tail })).replace(/line \d+ \.+\n(?!$)/g, ''),
    ).toMatchInlineSnapshot(`
      "The gate command failed: npm test
      How: exit 1

      Failed tests (2), as its report has them:
      - test/a.test.ts: adds
        expected 2 to be 3
      - sums > two

      First errors:
      TypeError: x is not a function
          at a.js:1:1

      The end of its output:
      line 99 ............................................................"
    `);
  });

  it('says that it wrote nothing, and a short output once', () => {
    expect(failureDigest(facts({ tail: ' \n' }))).toBe(
      'The gate command failed: npm test\nHow: exit 1\nIt wrote nothing.',
    );
    const short = failureDigest(facts({ errors: ['Error: no'], tail: 'x\nError: no\n' }));
    expect(short).toBe(
      'The gate command failed: npm test\nHow: exit 1\n\nThe end of its output:\nx\nError: no',
    );
  });

  it('names many tests, few with their message, and counts the rest', () => {
    const text = failureDigest(facts({ failed: Array.from({ length: 100 }, (_, n) => test(`t${n}`)) }));
    expect(text.match(/expected 2 to be 3/g)).toHaveLength(10);
    expect(text.match(/^- test\/a/gm)).toHaveLength(60);
    expect(text).toContain('\n- and 40 more\n');
  });

  it('is bounded and plain whatever it is given, and keeps the end of the output', () => {
    const any = fc
      .string({ unit: 'binary', maxLength: 200 })
      .chain((piece) => fc.integer({ min: 1, max: 400 }).map((times) => piece.repeat(times)));
    fc.assert(
      fc.property(any, any, any, fc.integer({ min: 600, max: 8_000 }), (name, errors, tail, most) => {
        const failed = [test(name, errors, name), test(errors)];
        const text = failureDigest(
          facts({ name, failed, errors: firstErrors(errors), tail: `${tail}\nTHE END` }),
          most,
        );
        expect(text.length).toBeLessThanOrEqual(most);
        expect(text.endsWith('THE END')).toBe(true);
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]/);
        const short = shortFailure(text, 500);
        expect(short.length).toBeLessThanOrEqual(500);
      }),
      { numRuns: 300 },
    );
  });
});

describe('shortFailure', () => {
  it('keeps what comes first, and the very end', () => {
    const failed = Array.from({ length: 30 }, (_, n) => test(`t${n}`));
    const text = failureDigest(facts({ failed, tail: `${'x\n'.repeat(2_000)}THE END` }));
    const short = shortFailure(text, 2_000);
    expect(short.length).toBeLessThanOrEqual(2_000);
    expect(short).toContain('- test/a.test.ts: t0\n  expected 2 to be 3');
    expect(short.endsWith('x\nTHE END')).toBe(true);
    expect(shortFailure('The proof failed: x', 100)).toBe('The proof failed: x');
    expect(shortFailure('y'.repeat(200), 100)).toBe(`${'y'.repeat(99)}…`);
  });
});

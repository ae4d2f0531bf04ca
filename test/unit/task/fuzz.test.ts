import { Buffer, isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCriteria, readLog } from '../../../src/task/body.ts';
import { contentHash } from '../../../src/task/content-hash.ts';
import { mergeTaskFiles } from '../../../src/task/merge.ts';
import { parseTaskFile } from '../../../src/task/parse.ts';
import { taskWords } from '../../../src/task/task-words.ts';
import { applyChange, brokenByChange, brokenByMerge, CHANGES } from '../../corpus/laws.ts';
import { mutated } from '../../corpus/mutate.ts';
import { SLOW } from '../../corpus/slow.ts';
import { cpuMilliseconds } from '../../corpus/spent.ts';

// ROTA_FUZZ_RUNS=200000 ROTA_FUZZ_SEED=7 npx vitest run test/unit/task/fuzz.test.ts: the long form.
const LONG = process.env['ROTA_FUZZ_RUNS'];
const RUNS = Number(LONG ?? 400);
const seeded = { numRuns: RUNS, seed: Number(process.env['ROTA_FUZZ_SEED'] ?? 20261120) };
/** What a step may take: 100 ms on a quiet machine; `npm test` also runs on busy ones, whose caches are cold. */
const MOST_MS = LONG === undefined ? 400 : 100;
const FOREVER = 3_600_000;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('fuzzed task files', () => {
  it(`are read or named, ${RUNS} of them: nothing is thrown, run or shown raw`, { timeout: FOREVER }, () => {
    const kinds: Record<string, number> = {};
    let slowest = 0;
    fc.assert(
      fc.property(mutated, fc.constantFrom('backlog/A1-x.md', 'backlog/notes.md'), (bytes, file) => {
        const parsed = parseTaskFile(file, bytes);
        kinds[parsed.kind] = (kinds[parsed.kind] ?? 0) + 1;
        if (parsed.kind === 'task') expect(JSON.stringify(parsed.task.title)).not.toMatch(CONTROL);
        if (parsed.kind === 'malformed') {
          expect(parsed.problems.length).toBeGreaterThan(0);
          const lines = bytes.toString('latin1').split('\n').length;
          for (const { message, line } of parsed.problems) {
            expect(message).not.toMatch(CONTROL);
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(lines);
          }
        }
        slowest = Math.max(
          slowest,
          bytes.length > 65_536 ? 0 : cpuMilliseconds(() => parseTaskFile(file, bytes)),
        );
      }),
      seeded,
    );
    expect(slowest).toBeLessThan(MOST_MS);
    // Most mutations break a file; enough of them must not.
    expect(kinds['task'] ?? 0).toBeGreaterThan(RUNS / 40);
    expect(kinds['malformed'] ?? 0).toBeGreaterThan(RUNS / 20);
    expectNothingRan();
    report('parse', kinds, slowest);
  });

  it(`are edited, ${RUNS} of them: only the asked key, or refused with words`, { timeout: FOREVER }, () => {
    const counts = { done: 0, refused: 0 };
    let slowest = 0;
    fc.assert(
      fc.property(mutated.filter(isUtf8Bytes), fc.constantFrom(...CHANGES), (bytes, change) => {
        const text = bytes.toString('utf8');
        contentHash(text);
        taskWords(text);
        readCriteria(text);
        readLog(text);
        const after = applyChange(text, change);
        counts[after === null ? 'refused' : 'done'] += 1;
        if (after !== null) expect(brokenByChange(text, after, change)).toBeNull();
        slowest = Math.max(
          slowest,
          text.length > 65_536 ? 0 : cpuMilliseconds(() => applyChange(text, change)),
        );
      }),
      seeded,
    );
    expect(slowest).toBeLessThan(MOST_MS);
    expect(counts.done).toBeGreaterThan(RUNS / 10);
    expectNothingRan();
    report('edit', counts, slowest);
  });

  it(`are merged, ${RUNS} of them: both edits are there, or it is a conflict`, { timeout: FOREVER }, () => {
    let slowest = 0;
    const change = fc.constantFrom(...CHANGES);
    fc.assert(
      fc.property(
        mutated.filter(isUtf8Bytes),
        mutated.filter(isUtf8Bytes),
        change,
        change,
        (file, other, a, b) => {
          const base = file.toString('utf8');
          expect(brokenByMerge(base, a, b)).toBeNull();
          // Unrelated sides: nothing to hold on to, but no crash either.
          const ours = applyChange(base, a) ?? base;
          const step = () => void mergeTaskFiles({ base, ours, theirs: other.toString('utf8') });
          slowest = Math.max(slowest, file.length + other.length > 65_536 ? 0 : cpuMilliseconds(step));
        },
      ),
      seeded,
    );
    expect(slowest).toBeLessThan(MOST_MS);
    expectNothingRan();
    report('merge', {}, slowest);
  });
});

describe('what is made to be slow', () => {
  it.each(Object.entries(SLOW))('%s: read, edited and merged at once', (_name, text) => {
    expect(text.length).toBeLessThanOrEqual(65_536);
    const bytes = Buffer.from(text);
    const steps: Record<string, () => void> = {
      parse: () => parseTaskFile('backlog/A1.md', bytes),
      hash: () => contentHash(text),
      criteria: () => readCriteria(text),
      merge: () =>
        mergeTaskFiles({
          base: text,
          ours: `${text.replace('\n---\n', '\nepic: A3\n---\n')}ours\n\n## Log\n\nours\n`,
          theirs: `${text.replace('\n---\n', '\norder: 3\n---\n')}theirs\n\n## Log\n\ntheirs\n`,
        }),
    };
    const changes = LONG === undefined ? [CHANGES[0]!, CHANGES[5]!, ...CHANGES.slice(-2)] : CHANGES;
    for (const change of changes) steps[JSON.stringify(change)] = () => applyChange(text, change);
    for (const [step, run] of Object.entries(steps)) expect(cpuMilliseconds(run), step).toBeLessThan(MOST_MS);
  });
});

function isUtf8Bytes(bytes: Buffer): boolean {
  return isUtf8(bytes);
}

/** The corpus tries to set a global and to make a file. */
function expectNothingRan(): void {
  expect(Object.hasOwn(globalThis, 'rotaCanary')).toBe(false);
  expect(existsSync('/tmp/rota-canary')).toBe(false);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
}

function report(step: string, counts: object, slowest: number): void {
  if (LONG !== undefined)
    console.log(`${step}: ${RUNS} runs ${JSON.stringify(counts)}, slowest ${slowest.toFixed(1)} ms`);
}

import type { TestReport } from './test-report.ts';

/** A test that exists on some tree: `ran` unless it was skipped there. */
export interface KnownTest {
  readonly name: string;
  readonly file: string | null;
  readonly ran: boolean;
}

/** The tests of a report. What failed for an error may be no test at all (a file that cannot load). */
export function knownTests(report: TestReport): KnownTest[] {
  return report.tests.flatMap(({ name, file, state, failure }) =>
    failure?.kind === 'error' ? [] : [{ name, file, ran: state !== 'skipped' }],
  );
}

/** What became of tests that existed. */
export interface LostTests {
  readonly gone: readonly KnownTest[];
  /** They ran before and are skipped now. */
  readonly skipped: readonly KnownTest[];
}

/**
 * Tests of main that a branch has no more, or does not run any more. A test is known by its full name and its file, where
 * both reports name one; of several with one name each is looked for.
 *
 * @param moved files that the branch renamed, old to new
 */
export function lostTests(
  before: readonly KnownTest[],
  now: TestReport,
  moved: ReadonlyMap<string, string>,
): LostTests {
  const left = shelf(now);
  const notRun: KnownTest[] = [];
  for (const test of before) if (test.ran && !left.take(test, 'ran', moved)) notRun.push(test);
  const gone: KnownTest[] = [];
  const skipped: KnownTest[] = [];
  for (const test of notRun) (left.take(test, 'skipped', moved) ? skipped : gone).push(test);
  for (const test of before)
    if (!test.ran && !left.take(test, 'skipped', moved) && !left.take(test, 'ran', moved)) gone.push(test);
  return { gone, skipped };
}

type Kind = 'ran' | 'skipped';

/** The tests of a report by name and file, each to be taken once. */
function shelf({ tests }: TestReport) {
  const places = new Map<string, Map<string | null, Record<Kind, number>>>();
  for (const { name, file, state } of tests) {
    const files = places.get(name) ?? new Map<string | null, Record<Kind, number>>();
    places.set(name, files);
    const counts = files.get(file) ?? { ran: 0, skipped: 0 };
    files.set(file, counts);
    counts[state === 'skipped' ? 'skipped' : 'ran'] += 1;
  }
  const takeFrom = (counts: Record<Kind, number> | undefined, kind: Kind): boolean => {
    if (counts === undefined || counts[kind] === 0) return false;
    counts[kind] -= 1;
    return true;
  };
  return {
    take: ({ name, file }: KnownTest, kind: Kind, moved: ReadonlyMap<string, string>): boolean => {
      const files = places.get(name);
      if (files === undefined) return false;
      if (takeFrom(files.get(file), kind) || takeFrom(files.get(null), kind)) return true;
      if (file === null) return [...files.values()].some((counts) => takeFrom(counts, kind));
      const target = moved.get(file);
      return target !== undefined && takeFrom(files.get(target), kind);
    },
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrontMatter } from '../../../src/task/front-matter.ts';
import { mergeTaskFiles } from '../../../src/task/merge.ts';

const LONG = process.env['ROTA_FUZZ_RUNS'];
const RUNS = Number(LONG ?? 600);
const seeded = { numRuns: RUNS, seed: Number(process.env['ROTA_FUZZ_SEED'] ?? 20261120) };
const FOREVER = 3_600_000;

type Lines = readonly string[];

/** Edits of lines by place; `move` takes a line elsewhere. What is inserted is unlike any other line. */
interface LineEdit {
  readonly kind: 'insert' | 'delete' | 'change' | 'move' | 'same';
  readonly at: number;
  readonly to: number;
}

function editLines(lines: Lines, edits: readonly LineEdit[], side: string): string[] {
  const result = [...lines];
  edits.forEach(({ kind, at, to }, index) => {
    const place = at % (result.length + 1);
    const fresh = `${side} ${index} ${kind}`;
    if (kind === 'insert') result.splice(place, 0, fresh);
    // Both sides may write the very same.
    else if (kind === 'same') result.splice(place, 0, `both ${to % 3}`);
    else if (result[place] === undefined) return;
    else if (kind === 'delete') result.splice(place, 1);
    else if (kind === 'change') result.splice(place, 1, fresh);
    else {
      const [line = ''] = result.splice(place, 1);
      result.splice(to % (result.length + 1), 0, line);
    }
  });
  return result;
}

const edits = (kinds: readonly LineEdit['kind'][]) =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(20), to: fc.nat(20) }), { maxLength: 4 });
const without = (lines: Lines, others: Lines) => lines.filter((line) => !others.includes(line));
type Counts = [base: number, ours: number, theirs: number, result: number];
const count = (all: Lines, line: string) => all.filter((other) => other === line).length;
const HEAD = '---\ntitle: a\n---\n';
const textOf = (lines: Lines) => HEAD + lines.map((line) => `${line}\n`).join('');
const linesOf = (text: string) => text.slice(HEAD.length).split('\n').slice(0, -1);

describe('three-way merges of bodies', () => {
  const base = fc
    .integer({ min: 0, max: 14 })
    .map((count) => Array.from({ length: count }, (_, i) => `line ${i}`));

  it(`have exactly the lines and the order of both sides, or conflict (${RUNS})`, {
    timeout: FOREVER,
  }, () => {
    let merged = 0;
    const change = edits(['insert', 'delete', 'change']);
    fc.assert(
      fc.property(base, change, change, (was, a, b) => {
        const [ours, theirs] = [editLines(was, a, 'ours'), editLines(was, b, 'theirs')];
        const result = mergeTaskFiles({ base: textOf(was), ours: textOf(ours), theirs: textOf(theirs) });
        if (result.kind === 'conflict') return expectBothShown(result.text, ours, theirs, was);
        merged += 1;
        const lines = linesOf(result.text);
        // Without what theirs added, the result is ours without what theirs removed; and the other way round.
        expect(without(lines, without(theirs, was))).toEqual(without(ours, without(was, theirs)));
        expect(without(lines, without(ours, was))).toEqual(without(theirs, without(was, ours)));
      }),
      seeded,
    );
    expect(merged).toBeGreaterThan(RUNS / 4);
  });

  it(`lose no line that a side added, moved or kept, or conflict (${RUNS})`, { timeout: FOREVER }, () => {
    let merged = 0;
    const change = edits(['insert', 'delete', 'change', 'move', 'same']);
    fc.assert(
      fc.property(base, change, change, (was, a, b) => {
        const [ours, theirs] = [editLines(was, a, 'ours'), editLines(was, b, 'theirs')];
        const result = mergeTaskFiles({ base: textOf(was), ours: textOf(ours), theirs: textOf(theirs) });
        if (result.kind === 'conflict') return expectBothShown(result.text, ours, theirs, was);
        merged += 1;
        const lines = linesOf(result.text);
        for (const line of new Set([...was, ...ours, ...theirs])) {
          const [b0, o0, t0, r0] = [was, ours, theirs, lines].map((all) => count(all, line)) as Counts;
          if (b0 === 0) expect(r0, line).toBeGreaterThanOrEqual(Math.max(o0, t0));
          else if (o0 > 0 && t0 > 0) expect(r0, line).toBeGreaterThanOrEqual(1);
          else if (o0 === 0 && t0 === 0) expect(r0, line).toBe(0);
          expect(r0, line).toBeLessThanOrEqual(o0 + t0);
        }
        // Nothing appears that nobody wrote.
        expect(without(lines, [...was, ...ours, ...theirs])).toEqual([]);
      }),
      seeded,
    );
    expect(merged).toBeGreaterThan(RUNS / 5);
  });

  it(`with Notes and Log: no line of either side is lost (${RUNS})`, { timeout: FOREVER }, () => {
    let merged = 0;
    const heading = fc.constantFrom('## Notes', '## Log', '## Other', '', '```', '# Top');
    const logs = fc
      .array(fc.constantFrom('09', '10', '11'), { maxLength: 2 })
      .map((hours) => hours.map((hour) => `2026-01-01 ${hour}:00:00 UTC | developer | A1 | noted | x`));
    const some = fc.array(
      fc.oneof({ weight: 2, arbitrary: heading }, { weight: 1, arbitrary: fc.constantFrom('p', 'q', 'r') }),
      { maxLength: 8 },
    );
    const change = edits(['insert', 'delete', 'change']);
    fc.assert(
      fc.property(some, change, change, logs, logs, (was, a, b, ourLog, theirLog) => {
        const ours = [
          ...editLines(was, a, 'ours'),
          ...(ourLog.length > 0 ? ['', '## Log', '', ...ourLog] : []),
        ];
        const theirs = [
          ...editLines(was, b, 'theirs'),
          ...(theirLog.length > 0 ? ['', '## Log', '', ...theirLog] : []),
        ];
        const result = mergeTaskFiles({ base: textOf(was), ours: textOf(ours), theirs: textOf(theirs) });
        if (result.kind === 'conflict') return expectBothShown(result.text, ours, theirs, was);
        merged += 1;
        const lines = linesOf(result.text);
        const wanted = [...without(ours, was), ...without(theirs, was)].filter((line) => line.trim() !== '');
        for (const line of wanted) expect(lines).toContain(line);
        // What a side kept is gone at most as often as the other side removed it.
        for (const line of new Set(was.filter((kept) => kept !== ''))) {
          const [b0, o0, t0, r0] = [was, ours, theirs, lines].map((all) => count(all, line)) as Counts;
          expect(r0, line).toBeGreaterThanOrEqual(Math.min(o0, b0) + Math.min(t0, b0) - b0);
        }
        expect(without(lines, [...was, ...ours, ...theirs, ''])).toEqual([]);
      }),
      seeded,
    );
    expect(merged).toBeGreaterThan(RUNS / 8);
  });
});

describe('three-way merges of sections', () => {
  it('one side frees a heading from its code block, the other adds a log: nothing is dropped', () => {
    const was = ['```', '## Notes', '```'];
    const [ours, theirs] = [['## Notes'], [...was, '', '## Log', '', 'a line']];
    const result = mergeTaskFiles({ base: textOf(was), ours: textOf(ours), theirs: textOf(theirs) });
    expect(result).toMatchObject({
      kind: 'conflict',
      conflicts: ['both sides changed the sections of the body'],
    });
    for (const line of [...ours, ...theirs]) expect(result.text.split('\n')).toContain(line);
  });
});

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly comment: string;
  readonly above: string;
}

type EntryEdit =
  | { readonly kind: 'value' | 'comment' | 'above' | 'quote'; readonly key: string; readonly text: string }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'add'; readonly key: string; readonly text: string; readonly at: number }
  | { readonly kind: 'move'; readonly key: string; readonly at: number };

const KEYS = ['title', 'status', 'priority', 'depends', 'x', 'y'];
const render = (entries: readonly Entry[]) =>
  `---\n${entries.map(({ key, value, comment, above }) => `${above === '' ? '' : `# ${above}\n`}${key}: ${value}${comment === '' ? '' : ` # ${comment}`}\n`).join('')}# the end\n---\nBody.\n`;

function editEntries(entries: readonly Entry[], changes: readonly EntryEdit[], side: string): Entry[] {
  let result = [...entries];
  changes.forEach((change, index) => {
    const at = result.findIndex((entry) => entry.key === change.key);
    const entry = result[at];
    const set = (more: Partial<Entry>) => {
      if (entry !== undefined) result = result.with(at, { ...entry, ...more });
    };
    if (change.kind === 'value') set({ value: change.text });
    else if (change.kind === 'comment') set({ comment: `${side}${index}` });
    else if (change.kind === 'above') set({ above: `${side}${index} above` });
    else if (change.kind === 'quote' && entry !== undefined && /^[a-z]+$/.test(entry.value))
      set({ value: `'${entry.value}'` });
    else if (change.kind === 'delete' && entry !== undefined) result = result.toSpliced(at, 1);
    else if (change.kind === 'add' && entry === undefined) {
      result = result.toSpliced(change.at % (result.length + 1), 0, {
        key: change.key,
        value: change.text,
        comment: '',
        above: '',
      });
    } else if (change.kind === 'move' && entry !== undefined) {
      result = result.toSpliced(at, 1);
      result = result.toSpliced(change.at % (result.length + 1), 0, entry);
    }
  });
  return result;
}

describe('three-way merges of front-matter', () => {
  const text = fc.constantFrom('high', 'low', '3', '[A1]', '[A1, A2]', '"q: r"', '{by: mike}', '');
  const key = fc.constantFrom(...KEYS);
  const entry = fc.record({
    value: text,
    comment: fc.constantFrom('', 'old'),
    above: fc.constantFrom('', 'old above'),
  });
  const files = fc
    .tuple(fc.uniqueArray(key, { maxLength: 6 }), fc.array(entry, { minLength: 6, maxLength: 6 }))
    .map(([keys, entries]) => keys.map((name, index) => ({ ...entries[index]!, key: name })));
  const change: fc.Arbitrary<EntryEdit> = fc.oneof(
    fc.record({ kind: fc.constantFrom('value', 'comment', 'above', 'quote'), key, text }),
    fc.record({ kind: fc.constant('delete'), key }),
    fc.record({ kind: fc.constant('add'), key, text, at: fc.nat(6) }),
    fc.record({ kind: fc.constant('move'), key, at: fc.nat(6) }),
  );
  const changes = fc.array(change, { maxLength: 3 });

  it(`have each value, comment, removal, addition and move of both sides, or conflict (${RUNS})`, {
    timeout: FOREVER,
  }, () => {
    let merged = 0;
    fc.assert(
      fc.property(files, changes, changes, (was, a, b) => {
        const [ours, theirs] = [editEntries(was, a, 'ours'), editEntries(was, b, 'theirs')];
        const [base, mine, other] = [was, ours, theirs].map(render) as [string, string, string];
        const result = mergeTaskFiles({ base, ours: mine, theirs: other });
        if (result.kind === 'conflict') {
          expect(result.conflicts.length).toBeGreaterThan(0);
          return;
        }
        merged += 1;
        const [b0, o0, t0, r0] = [base, mine, other, result.text].map(dataOf) as [Data, Data, Data, Data];
        for (const name of KEYS) {
          const [vb, vo, vt, vr] = [b0, o0, t0, r0].map((data) => JSON.stringify(data[name]));
          expect(vr, name).toBe(vo === vb ? vt : vo);
          expect(vo === vb || vt === vb || vo === vt, name).toBe(true);
        }
        for (const side of [mine, other]) {
          for (const comment of commentsOf(side)) {
            if (!commentsOf(base).includes(comment)) expect(commentsOf(result.text)).toContain(comment);
          }
        }
        const common = Object.keys(r0).filter((name) =>
          [b0, o0, t0].every((data) => Object.hasOwn(data, name)),
        );
        const order = (data: Data) =>
          Object.keys(data)
            .filter((name) => common.includes(name))
            .join();
        expect(order(r0)).toBe(order(o0) === order(b0) ? order(t0) : order(o0));
        expect(result.text.endsWith('---\nBody.\n')).toBe(true);
        expect(result.text.split('# the end\n')).toHaveLength(2);
      }),
      seeded,
    );
    expect(merged).toBeGreaterThan(RUNS / 5);
  });
});

type Data = Record<string, unknown>;

function dataOf(text: string): Data {
  const read = readFrontMatter(text);
  if (read.kind !== 'read') throw new Error(JSON.stringify(read));
  return { ...read.data };
}

function commentsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => /#(.*)$/.exec(line)?.[1]?.trim() ?? []);
}

/** Even in a conflict nothing of ours or theirs is missing: it is there to settle. */
function expectBothShown(text: string, ours: Lines, theirs: Lines, was: Lines): void {
  const lines = text.split('\n');
  for (const line of [...without(ours, was), ...without(theirs, was)]) {
    if (line.trim() !== '') expect(lines).toContain(line);
  }
}

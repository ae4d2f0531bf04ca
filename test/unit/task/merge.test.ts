import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendLog, appendNote, readLog } from '../../../src/task/body.ts';
import { editTask } from '../../../src/task/edit.ts';
import { readFrontMatter } from '../../../src/task/front-matter.ts';
import { mergeTaskFiles } from '../../../src/task/merge.ts';

const base = `---
id: A32   # id
# the title
title: List
priority: medium
status: ready
depends: [A30]
# end
---
What.

- [ ] one
- [ ] two

Why.
`;
const merge = (ours: string, theirs: string, from: string | null = base) =>
  mergeTaskFiles({ base: from, ours, theirs });
const merged = (ours: string, theirs: string, from: string | null = base) => {
  const result = merge(ours, theirs, from);
  if (result.kind !== 'merged') throw new Error(`${result.conflicts.join()}\n${result.text}`);
  return result.text;
};
const line = (time: string, event: string) => `2026-01-01 ${time} UTC | developer | A32 | ${event} | x`;

describe('mergeTaskFiles', () => {
  it('takes the side that changed', () => {
    const edited = base.replace('ready', 'done');
    expect(merged(edited, base)).toBe(edited);
    expect(merged(base, edited)).toBe(edited);
    expect(merged(edited, edited)).toBe(edited);
  });

  it('merges neighbouring keys, bodies and comments of both', () => {
    const ours = base
      .replace('priority: medium', 'priority: high  # urgent')
      .replace('- [ ] one', '- [x] one');
    const theirs = base
      .replace('status: ready', 'status: done')
      .replace('# the title', '# the good title')
      .replace('Why.', 'Because.')
      .replace('# end', 'order: 2\n# end');
    expect(merged(ours, theirs)).toBe(
      base
        .replace('priority: medium', 'priority: high  # urgent')
        .replace('- [ ] one', '- [x] one')
        .replace('status: ready', 'status: done')
        .replace('# the title', '# the good title')
        .replace('Why.', 'Because.')
        .replace('# end\n', 'order: 2\n# end\n'),
    );
  });

  it('puts a new value into a line whose comment the other side changed', () => {
    const ours = base.replace('status: ready', 'status: ready # soon');
    const theirs = base.replace('status: ready', 'status: done');
    expect(merged(ours, theirs)).toBe(base.replace('status: ready', 'status: done # soon'));
    expect(merged(theirs, ours)).toBe(base.replace('status: ready', 'status: done # soon'));
  });

  it('names each key that both changed, and shows both values', () => {
    const result = merge(
      base.replace('ready', 'done'),
      base.replace('ready', 'dropped').replace('depends: [A30]\n', ''),
    );
    expect(result).toMatchObject({ kind: 'conflict', conflicts: ['both sides changed `status`'] });
    expect(result.text).toContain('status: done\n# conflict, theirs: status: dropped\n');
    expect(result.text).not.toContain('depends');
  });

  it('sees a removal against a change', () => {
    const result = merge(base.replace('depends: [A30]\n', ''), base.replace('[A30]', '[A30, A31]'));
    expect(result).toMatchObject({ kind: 'conflict', conflicts: ['both sides changed `depends`'] });
    expect(result.text).toContain('# conflict, theirs: depends: [A30, A31]');
  });

  it('adds the same key once', () => {
    const ours = editTask(base, { order: 1 });
    expect(merged(ours, editTask(base.replace('List', 'Lists'), { order: 1 }))).toBe(
      ours.replace('List', 'Lists'),
    );
    expect(merge(ours, editTask(base, { order: 2 }))).toMatchObject({
      kind: 'conflict',
      conflicts: ['both sides changed `order`'],
    });
    expect(merged(ours, editTask(base, { epic: 'A3' }))).toBe(editTask(ours, { epic: 'A3' }));
  });

  it('marks body lines that both changed', () => {
    const result = merge(base.replace('Why.', 'A.'), base.replace('Why.', 'B.').replace('List', 'Lists'));
    expect(result).toMatchObject({ kind: 'conflict' });
    expect(result.text).toBe(
      base.replace('List', 'Lists').replace('Why.\n', '<<<<<<< ours\nA.\n=======\nB.\n>>>>>>> theirs\n'),
    );
  });

  it('keeps log lines of both sides once, by time', () => {
    const start = appendLog(base, [line('10:00:00', 'started')]);
    const ours = appendLog(start, [line('10:05:00', 'noted'), line('12:00:00', 'ended')]);
    const theirs = appendLog(start, [line('10:05:00', 'noted'), line('11:00:00', 'edited')]);
    const text = merged(ours, theirs, start);
    expect(readLog(text).map((entry) => entry.event)).toEqual(['started', 'noted', 'edited', 'ended']);
    expect(text.startsWith(base)).toBe(true);
  });

  it('merges sections that both or one side created', () => {
    const ours = appendLog(appendNote(base, 'ours'), [line('10:00:00', 'a')]);
    const theirs = appendLog(appendNote(base, 'theirs'), [line('09:00:00', 'b')]);
    const text = merged(ours, theirs);
    expect(text).toBe(
      `${base}\n## Notes\n\nours\n\ntheirs\n\n## Log\n\n${line('09:00:00', 'b')}\n${line('10:00:00', 'a')}\n`,
    );
    const one = merged(appendNote(base, 'ours'), appendLog(base, [line('09:00:00', 'b')]));
    expect(one).toBe(`${base}\n## Notes\n\nours\n\n## Log\n\n${line('09:00:00', 'b')}\n`);
  });

  it('keeps line breaks and the byte order mark, or changes them as one side did', () => {
    const crlf = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    const [ours, theirs] = [base.replace('ready', 'done'), base.replace('Why.', 'So.')];
    const both = ours.replace('Why.', 'So.');
    expect(merged(crlf(ours), crlf(theirs), crlf(base))).toBe(crlf(both));
    expect(merged(crlf(ours), theirs)).toBe(crlf(both));
    expect(merged(ours, crlf(theirs))).toBe(crlf(both));
  });

  it.each([
    ['broken on one side', base.replace('id: A32', 'id: [')],
    ['a key twice', base.replace('id:', 'status: done\nid:')],
    ['without front-matter', 'What.\n'],
    ['in braces', '---\n{id: A32, title: List}\n---\nWhat.\n'],
    ['with aliases', base.replace('title: List', 'title: &t List\ncopy: *t')],
  ])('does not guess: %s', (_name, theirs) => {
    const result = merge(base.replace('ready', 'done'), theirs);
    expect(result.kind).toBe('conflict');
    expect(result.text).toContain('status: done');
  });

  it('merges two additions of one file only where they agree', () => {
    expect(merged(base, base, null)).toBe(base);
    expect(merge(base, base.replace('List', 'Lists'), null)).toMatchObject({
      conflicts: ['both sides changed `title`'],
    });
  });

  it('is quick to give up on bodies that are too alike to compare', () => {
    const lines = (word: string) => `${base}${`${word}\n\n\n`.repeat(20_000)}`;
    expect(merge(lines('b'), lines('c'), lines('a')).kind).toBe('conflict');
  });

  it('has every edit of either side, or is a conflict; never a key twice', () => {
    const keys = ['id', 'title', 'priority', 'status', 'depends', 'order', 'epic'];
    const value = fc.constantFrom<string | number | undefined | string[]>('x', 'y', 3, undefined, [
      'A1',
      'A2',
    ]);
    const edits = fc.record({
      keys: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3 }),
      lines: fc.array(fc.tuple(fc.nat(6), fc.constantFrom('insert', 'delete', 'change')), { maxLength: 3 }),
      log: fc.array(fc.constantFrom('09', '10', '11', '12'), { maxLength: 2 }),
      note: fc.constantFrom('', 'n1', 'n2\n\nn3'),
    });
    type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never;
    const apply = (text: string, side: string, change: Edits) => {
      const [head = '', body = ''] = editTask(text, change.keys).split('---\nWhat.');
      const lines = `What.${body}`.split('\n');
      const added: string[] = [];
      for (const [at, kind] of change.lines) {
        const mine = `${side}${at}${kind}`;
        if (kind !== 'delete') added.push(mine);
        lines.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'delete' ? [] : [mine]));
      }
      const log = change.log.map((hour) => line(`${hour}:00:00`, side));
      return {
        added: added.filter((l) => lines.includes(l)),
        log,
        text: appendNote(appendLog(`${head}---\n${lines.join('\n')}`, log), change.note),
      };
    };
    const data = (text: string) => {
      const read = readFrontMatter(text);
      if (read.kind !== 'read') throw new Error(JSON.stringify(read));
      return { ...read.data };
    };
    let clean = 0;
    fc.assert(
      fc.property(edits, edits, fc.boolean(), (a, b, sections) => {
        const from = sections ? appendNote(appendLog(base, [line('08:00:00', 'base')]), 'base note') : base;
        const [ours, theirs] = [apply(from, 'ours', a), apply(from, 'theirs', b)];
        const result = merge(ours.text, theirs.text, from);
        const [o, f, t] = [ours.text, from, theirs.text].map(data) as [
          Record<string, unknown>,
          Record<string, unknown>,
          Record<string, unknown>,
        ];
        if (result.kind === 'conflict') return;
        clean += 1;
        for (const key of keys) {
          const same = (x: unknown, y: unknown) => JSON.stringify(x) === JSON.stringify(y);
          const expected = same(o[key], f[key]) ? t[key] : o[key];
          expect(same(o[key], f[key]) || same(t[key], f[key]) || same(o[key], t[key])).toBe(true);
          expect(data(result.text)[key]).toEqual(expected);
        }
        for (const wanted of [...ours.added, ...theirs.added, ...ours.log, ...theirs.log])
          expect(result.text.split('\n')).toContain(wanted);
        for (const note of [a.note, b.note]) expect(result.text).toContain(note);
        expect(result.text.match(/^## Log/gm)?.length ?? 0).toBeLessThan(2);
        expect(result.text.match(/^## Notes/gm)?.length ?? 0).toBeLessThan(2);
      }),
      { numRuns: 800 },
    );
    expect(clean).toBeGreaterThan(150);
  });
});

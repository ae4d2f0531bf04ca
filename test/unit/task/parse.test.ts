import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTaskFile } from '../../../src/task/parse.ts';

const parse = (text: string | Uint8Array, file = 'backlog/A32-foo.md') =>
  parseTaskFile(file, typeof text === 'string' ? Buffer.from(text) : text);
const task = (text: string, file?: string) => {
  const parsed = parse(text, file);
  if (parsed.kind !== 'task') throw new Error(JSON.stringify(parsed));
  return parsed.task;
};
const problems = (text: string | Uint8Array, file?: string) => {
  const parsed = parse(text, file);
  if (parsed.kind !== 'malformed') throw new Error(JSON.stringify(parsed));
  return parsed.problems;
};
const front = (...lines: string[]) => `---\n${lines.join('\n')}\n---\nbody\n`;

describe('parseTaskFile', () => {
  it('fills in every default', () => {
    expect(task(front('title: Foo'))).toEqual({
      id: 'A32',
      key: 'A32',
      file: 'backlog/A32-foo.md',
      title: 'Foo',
      type: 'feature',
      priority: 'medium',
      order: null,
      status: 'draft',
      role: null,
      epic: null,
      depends: [],
      touches: [],
      repeat: null,
      notBefore: null,
      lock: null,
    });
  });

  it('reads every key, enumerations in any case', () => {
    const text = front(
      'id: A032',
      'title: "List: a"',
      'type: BUG',
      'priority: High',
      'order: 2',
      'status: Ready',
      'role: developer',
      'epic: A3',
      'depends: [A30, A31]',
      'touches:',
      '  - src/**',
      "  - '*.md'",
      'repeat: 7d',
      'not-before: 2026-12-01T09:00:00+02:00',
      'lock: {by: mike}',
      'custom: x',
    );
    expect(task(text)).toMatchObject({
      id: 'A032',
      key: 'A32',
      title: 'List: a',
      type: 'bug',
      priority: 'high',
      order: 2,
      status: 'ready',
      role: 'developer',
      epic: 'A3',
      depends: ['A30', 'A31'],
      touches: ['src/**', '*.md'],
      repeat: '7d',
      notBefore: '2026-12-01T07:00:00Z',
      lock: { by: 'mike', run: null },
    });
  });

  it.each([
    ['CRLF', '---\r\ntitle: Foo\r\nstatus: ready\r\n---\r\nbody\r\n', { title: 'Foo', status: 'ready' }],
    ['BOM', '\ufeff---\ntitle: Foo\n---\n', { title: 'Foo' }],
    ['no line break at the end', '---\ntitle: Foo\n---', { title: 'Foo' }],
    ['trailing spaces after ---', '--- \ntitle: Foo\n---\t\n', { title: 'Foo' }],
    ['a number as title', front('title: 404'), { title: '404' }],
    ['a title that looks octal', front('title: 012'), { title: '012' }],
    ['a version as title', front('title: 1.10'), { title: '1.10' }],
    ['a date as title', front('title: 2026-01-01'), { title: '2026-01-01' }],
    ['yes as title', front('title: yes'), { title: 'yes' }],
    ['emoji', front('title: "🎉 fête 漢"'), { title: '🎉 fête 漢' }],
    ['a family emoji', front('title: 👩‍👩‍👧'), { title: '👩‍👩‍👧' }],
    ['quotes', front("title: 'it''s'"), { title: "it's" }],
    ['an anchor and an alias', front('title: &t Foo', 'copy: *t'), { title: 'Foo' }],
    ['a folded title', front('title: >', '  Foo', '  bar'), { title: 'Foo bar' }],
    ['lock: null', front('title: a', 'lock: null'), { lock: null }],
    ['an empty lock', front('title: a', 'lock:'), { lock: null }],
    [
      'lock as a name',
      front('title: a', 'lock: mike'),
      { lock: { by: 'mike', run: null, role: null, since: null, branch: null } },
    ],
    ['an empty list', front('title: a', 'depends: []'), { depends: [] }],
    ['one id for a list', front('title: a', 'depends: A30'), { depends: ['A30'] }],
    ['a cron expression', front('title: a', 'repeat: 0 6 * * 1'), { repeat: '0 6 * * 1' }],
    ['__proto__', front('title: a', '__proto__: {status: done}'), { status: 'draft' }],
    ['constructor', front('title: a', 'constructor: x'), { title: 'a' }],
    ['a `---` in the body', `${front('title: a')}---\nstatus: done\n---\n`, { status: 'draft' }],
  ])('%s', (_name, text, expected) => expect(task(text)).toMatchObject(expected));

  it.each([
    ['no title', front('status: ready'), 1, 'title', /missing/],
    ['an empty title', front('id: A32', 'title:'), 3, 'title', /missing/],
    ['a title of two lines', front('title: |', '  a', '  b'), 2, 'title', /one line/],
    ['an escape in the title', front('title: "a\\e[31m"'), 2, 'title', /control/],
    ['a bidi override in the title', front('title: a\u202eb'), 2, 'title', /control/],
    ['a list as title', front('title: [a]'), 2, 'title', /a list/],
    ['a wrong status', front('title: a', 'status: redy'), 3, 'status', /ready.*'redy'.*did you mean ready/],
    ['in progress', front('title: a', 'status: in progress'), 3, 'status', /must be one of/],
    ['a wrong type', front('title: a', 'type: [bug]'), 3, 'type', /a list/],
    ['a slip in a key', front('title: a', 'prioirty: high'), 3, 'unknown-key', /did you mean `priority`/],
    ['another slip', front('title: a', 'dependss: [A1]'), 3, 'unknown-key', /`depends`/],
    ['a key in another case', front('title: a', 'Status: ready'), 3, 'unknown-key', /`status`/],
    ['not_before', front('title: a', 'not_before: 2026-01-01'), 3, 'unknown-key', /`not-before`/],
    ['id 012', front('title: a', 'id: 012'), 3, 'id', /'012'/],
    ['id ../x', front('title: a', 'id: ../x'), 3, 'id', /'\.\.\/x'/],
    ['id -rf', front('title: a', 'id: -rf'), 3, 'id', /'-rf'/],
    ['id T1/sub', front('title: a', 'id: T1/sub'), 3, 'id', /'T1\/sub'/],
    ['id and name differ', front('title: a', 'id: A33'), 3, 'id', /A33.*A32/],
    ['a bad dependency', front('title: a', 'depends: [A1, b]'), 3, 'depends', /'b' is not an id/],
    ['a bad dependency on its line', front('title: a', 'depends:', '  - A1', '  - b'), 5, 'depends', /'b'/],
    ['absolute touches', front('title: a', 'touches: [/etc/passwd]'), 3, 'touches', /absolute/],
    ['touches outside', front('title: a', 'touches: [src/../../x]'), 3, 'touches', /inside/],
    ['touches in braces outside', front('title: a', 'touches: ["{..,src}/x"]'), 3, 'touches', /inside/],
    ['a bad repeat', front('title: a', 'repeat: soon'), 3, 'repeat', /7d/],
    ['a cron that never comes', front('title: a', 'repeat: 0 0 30 2 *'), 3, 'repeat', /cron/],
    ['30 February', front('title: a', 'not-before: 2026-02-30'), 3, 'not-before', /2026-12-01/],
    ['order as text', front('title: a', 'order: first'), 3, 'order', /a number/],
    ['lock as list', front('title: a', 'lock: [x]'), 3, 'lock', /map/],
    ['a slip in lock', front('title: a', 'lock: {rn: x}'), 3, 'lock', /needs `by`/],
    ['another slip in lock', front('title: a', 'lock: {run: x, branh: y}'), 3, 'lock', /`branch`/],
    ['a duplicate key', front('title: a', 'status: ready', 'status: done'), 4, 'front-matter', /there twice/],
    ['a tab', front('title: a', 'depends:', '\t- A1'), 4, 'front-matter', /tab/i],
    ['an unknown tag', front('title: !!js/function "x"'), 2, 'front-matter', /tag/i],
    ['two documents', front('title: a', '...', 'title: b'), 4, 'front-matter', /./],
    ['a list for a map', front('- a', '- b'), 2, 'front-matter', /key: value/],
    ['---js', '---js\nprocess.exit(1)\n---\n', 1, 'front-matter', /no other language/],
    ['---javascript', '---javascript\nthrow 1\n---\n', 1, 'front-matter', /no other language/],
    ['only ---', '---', 1, 'front-matter', /closing/],
    ['only --- and a line break', '---\n', 1, 'front-matter', /closing/],
    ['never closed', '---\ntitle: a\n', 1, 'front-matter', /closing/],
    ['nothing in it', '---\n---\n', 1, 'title', /missing/],
    ['only comments in it', '---\n# a\n---\n', 1, 'title', /missing/],
    ['an empty file', '', 1, 'front-matter', /no front-matter/],
    ['no front-matter', '# Foo\n', 1, 'front-matter', /no front-matter/],
    ['a line of dashes inside', '---\ntitle: a\n-----\n---\n', 3, 'front-matter', /---/],
    ['deep nesting', front(`title: ${'['.repeat(20_000)}`), 1, 'front-matter', /./],
  ])('%s is a problem with its line', (_name, text, line, rule, message) => {
    const found = problems(text);
    expect(found[0]).toMatchObject({ file: 'backlog/A32-foo.md', rule });
    expect(found[0]?.message).toMatch(message);
    if (_name !== 'deep nesting') expect(found[0]?.line).toBe(line);
  });

  it('refuses bytes that are no text', () => {
    expect(problems(Buffer.from('---\ntitle: caf\xe9\n---\n', 'latin1'))[0]).toMatchObject({
      line: 2,
      rule: 'encoding',
    });
    expect(problems(Buffer.from('---\ntitle: a\0\n---\n'))[0]).toMatchObject({ line: 2, rule: 'encoding' });
    expect(problems(Buffer.alloc(10 * 1024 * 1024, 'a'))[0]).toMatchObject({ rule: 'encoding' });
  });

  it('is quick to refuse what is meant to be slow', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghij'.split('').map((k, i) => `${k}: &${k} [${`*${'abcdefghi'[i]},`.repeat(9)}]`),
      'title: a',
    ];
    expect(problems(front(...bomb))[0]?.message).toMatch(/alias/i);
    expect(problems(`---\n${'\n'.repeat(900_000)}title: a\n---\n`)[0]?.message).toMatch(/64 KiB/);
    expect(problems(`---\n${'\n'.repeat(60_000)}title: &a a\n---\n`)[0]?.message).toMatch(/lines/);
  });

  it('collects every problem and keeps the id', () => {
    const parsed = parse(front('title: [a]', 'status: x', 'orderr: 1'));
    expect(parsed).toMatchObject({ kind: 'malformed', id: 'A32' });
    expect(parsed.kind === 'malformed' && parsed.problems.map((p) => p.line)).toEqual([2, 3, 4]);
  });

  it('leaves other files alone', () => {
    for (const file of ['backlog/README.md', 'backlog/notes.md', 'backlog/x/AGENTS.md']) {
      expect(parse('# Hello\n', file)).toEqual({ kind: 'not-a-task', file });
    }
    expect(parse('---\nlayout: x\n---\n', 'backlog/README.md').kind).toBe('not-a-task');
    expect(problems(front('title: a'), 'backlog/notes.md')[0]?.message).toMatch(/no id/);
    expect(task(front('title: a', 'id: A7'), 'backlog/notes.md').key).toBe('A7');
    expect(task(front('title: a', 'id: A32-2'), 'backlog/A32-2-factor.md').key).toBe('A32-2');
  });

  it('names the line of each key', () => {
    const parsed = parse(front('title: a', '# c', 'depends:', '  - A1', 'epic: A3'));
    expect(parsed.kind === 'task' && parsed.lines).toEqual({ title: 2, depends: 4, epic: 6 });
  });

  it('never throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((s) => Buffer.from(s)),
      fc
        .array(
          fc.constantFrom(
            '---\n',
            '---',
            'title: ',
            'a',
            ':',
            ' ',
            '\n',
            '- ',
            '[',
            '{',
            '&a ',
            '*a',
            '|',
            '"',
            '\t',
            '!!x ',
            '\r\n',
            '#',
            '%',
            'lock: ',
            '<<: ',
            '? ',
          ),
        )
        .map((p) => Buffer.from(`---\n${p.join('')}\n---\n`)),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        expect(['task', 'malformed', 'not-a-task']).toContain(parseTaskFile('backlog/A1.md', content).kind);
      }),
      { numRuns: 1500 },
    );
  });
});

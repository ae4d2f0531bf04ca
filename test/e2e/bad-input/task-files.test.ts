import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/errors.ts';
import { sandbox } from '../../support/repo.ts';
import { expectLands, project, task } from './project.ts';

const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefg'.split('').map((name, at) => bombLine(name, 'abcdef'[at]!)),
];

function bombLine(name: string, before: string): string {
  return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
}

/** File name after its id -> text, line of the problem, what is said. */
const MALFORMED: Record<string, [text: string | Uint8Array, line: number, said: RegExp]> = {
  'A10-no-title.md': [task('status: ready'), 1, /`title` is missing/],
  'A11-list.md': ['---\ntitle: [a, b\nstatus: ready\n---\n', 2, /`\[` is not closed; expected `\]`/],
  'A12-quote.md': ['---\ntitle: "a\n---\n', 2, /a quote is not closed/],
  'A13-open.md': ['---\ntitle: a\n', 1, /no closing `---`/],
  'A14-none.md': ['just words\n', 1, /no front-matter; a task file starts with a `---` line/],
  'A15-empty.md': ['', 1, /no front-matter/],
  'A16-js.md': ['---js\nrequire("fs").writeFileSync("pwned", "")\n---\n', 1, /YAML, no other language/],
  'A17-json.md': ['---json\n{"title": "a"}\n---\n', 1, /YAML, no other language/],
  'A18-tag.md': [task('title: !!js/function "x"'), 2, /tag .* is not read/],
  'A19-twice.md': [task('title: a', 'status: draft', 'status: ready'), 4, /`status` is there twice/],
  'A20-tab.md': ['---\n\ttitle: a\n---\n', 2, /tab cannot indent YAML; use spaces/],
  'A21-sequence.md': ['---\n- title\n---\n', 2, /`key: value` lines/],
  'A22-status.md': [task('title: a', 'status: redy'), 3, /draft, ready.*not 'redy'; did you mean ready\?/],
  'A23-key.md': [task('title: a', 'prioirty: high'), 3, /did you mean `priority`/],
  'A24-latin.md': [
    Buffer.from('---\ntitle: caf\xe9\n---\n', 'latin1'),
    2,
    /not UTF-8; save the file as UTF-8/,
  ],
  'A25-large.md': [`${task('title: a')}${'x'.repeat(10 << 20)}`, 1, /at most 1 MiB/],
  'A26-bomb.md': [task('title: a', ...BOMB), 2, /aliases .* write the values out/],
  'A27-up.md': [task('id: ../x', 'title: a'), 2, /must be an id like A32 .*not '\.\.\/x'/],
  'A28-dash.md': [task('id: -rf', 'title: a'), 2, /must be an id like A32 .*not '-rf'/],
  'A29-slash.md': [task('id: T1/sub', 'title: a'), 2, /must be an id like A32 .*not 'T1\/sub'/],
  'A30-option.md': [task('id: --json', 'title: a'), 2, /must be an id like A32/],
  'A31-escape.md': [task('title: "a \\e[31mb"'), 2, /control characters; take them out/],
  'A32-raw-escape.md': [task('title: a \u001b]0;b\u0007c'), 2, /control characters/],
  'A33-lines.md': [task('title: "a\\nb"'), 2, /must be one line/],
  'A34-long.md': [task(`title: ${'w'.repeat(5_000)}`), 2, /5000 characters; at most 300/],
  'A35-touches.md': [task('title: a', 'touches: [../secrets]'), 3, /must stay inside the repository/],
  'A36-depends.md': [task('title: a', 'depends: {a: b}'), 3, /list of ids like \[A30, A31\]/],
  'A37-repeat.md': [task('title: a', 'repeat: 7 parsecs'), 3, /interval of a minute or more like 7d/],
  'A38-when.md': [task('title: a', 'not-before: never'), 3, /a date like 2026-12-01/],
  'A39-order.md': [task('title: a', 'order: soon'), 3, /must be a number, not 'soon'/],
  'A40-deep.md': [task(`title: ${'['.repeat(20_000)}`), 1, /more than 2000 brackets/],
};

/** Read as what they are. */
const WELL: Record<string, string> = {
  'A50-crlf.md': '---\r\ntitle: CRLF\r\nstatus: ready\r\n---\r\nbody\r\n',
  'A51-bom.md': `\ufeff${task('title: BOM', 'status: ready')}`,
  'A52-tab.md': task('title:\ttabbed', 'status: ready'),
  'A53-proto.md': task('title: proto', 'status: ready', '__proto__: {status: done}', 'constructor: x'),
  'A54-..lock.md': task('title: "..lock @{ ~^:?*[ .lock/"', 'status: ready'),
};

function backlog(files: Record<string, string | Uint8Array>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`backlog/${name}`, text as string]));
}

const texts = Object.fromEntries(Object.entries(MALFORMED).map(([name, [text]]) => [name, text]));

describe('malformed task files', () => {
  test('check names each with file, line and what was expected, here and on main', async () => {
    const repo = project(sandbox(), backlog({ ...texts, ...WELL }));
    for (const args of [['check'], ['check', '--main']]) {
      const ran = await repo.rota([...args, '--json']);
      expect(ran.code, ran.stderr).toBe(2);
      const { problems } = JSON.parse(ran.stdout) as { problems: Problem[] };
      for (const [name, [, line, said]] of Object.entries(MALFORMED)) {
        const found = problems.filter(({ file }) => file === `backlog/${name}`);
        expect(found[0]?.message, name).toMatch(said);
        if (name !== 'A40-deep.md') expect(found[0]?.line, name).toBe(line);
      }
      expect(problems.filter(({ file }) => !(file.slice('backlog/'.length) in MALFORMED))).toEqual([]);
    }
    const words = await repo.rota(['check']);
    expect(words.code).toBe(2);
    expect(words.stdout).toContain('backlog/A22-status.md:3: `status` must be one of draft, ready');
  });

  test('the others go on: list has every file, next and run take the good ones, run names the rest', async () => {
    const repo = project(sandbox(), backlog(texts));
    const rows = await repo.json(['list']);
    const files = rows.map((row: { file: string }) => row.file);
    expect(files.sort()).toEqual(
      ['A1-good.md', ...Object.keys(texts)].map((name) => `backlog/${name}`).sort(),
    );
    const shown = await repo.rota(['list']);
    expect(shown.code).toBe(0);
    expect(shown.stdout.match(/malformed/g)).toHaveLength(Object.keys(texts).length);
    const next = await repo.json(['next', 'developer', '--explain']);
    expect(next.task).toBe('A1');
    expect(next.explain).toHaveLength(files.length);
    expect((await repo.json(['status'])).problems.length).toBeGreaterThanOrEqual(Object.keys(texts).length);
    const { stderr } = await expectLands(repo);
    expect(stderr).toContain('left out: backlog/A10-no-title.md:1: `title` is missing');
    expect(stderr).toContain('more are left out: rota check names them');
    expect(repo.exists('pwned')).toBe(false);
  });

  test('named on the command line: no agent starts, each line that is wrong is shown', async () => {
    const repo = project(sandbox(), backlog(texts));
    const ran = await repo.rota(['run', 'developer', 'A22', '--json']);
    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.stdout).error).toMatchObject({
      code: 'task',
      message: expect.stringMatching(/^backlog\/A22-status\.md:3: `status` must be one of draft, ready/),
    });
  });

  test('CRLF, BOM, tabs, __proto__ and slugs that make bad refs are worked on and land', async () => {
    const { 'A50-crlf.md': crlf } = WELL;
    const repo = project(sandbox(), backlog(WELL));
    const shift = await repo.rota(['shift', '--json']);
    const ends = JSON.parse(shift.stdout) as { outcome: string; task: string; branch: string }[];
    expect(ends.map(({ outcome, task }) => `${task} ${outcome}`).sort()).toEqual(
      ['A1', 'A50', 'A51', 'A52', 'A53', 'A54'].map((id) => `${id} landed`),
    );
    expect(ends.find(({ task }) => task === 'A54')?.branch).toMatch(/^ai\/developer\/A54-[a-z0-9-]+$/);
    const kept = repo.git('show', 'main:backlog/A50-crlf.md');
    expect(kept).toContain(crlf!.replace('ready', 'done').slice(0, 40));
    expect(kept.replaceAll('\r\n', '')).not.toContain('\n');
    expect(repo.git('show', 'main:backlog/A51-bom.md')).toMatch(/^\ufeff---\n/);
    expect(({} as { status?: string }).status).toBeUndefined();
  });
});

describe('task files that are no plain files', () => {
  test('links, submodules, and names that are not UTF-8 are listed and named, never followed', async () => {
    const repo = project(sandbox());
    symlinkSync('A1-good.md', join(repo.root, 'backlog/A2-link.md'));
    symlinkSync('/etc/passwd', join(repo.root, 'backlog/A3-link.md'));
    repo.git('add', 'backlog');
    const { writeFileSync } = await import('node:fs');
    const name = Buffer.concat([
      Buffer.from(`${repo.root}/backlog/A4-`),
      Buffer.from([0xff]),
      Buffer.from('.md'),
    ]);
    writeFileSync(name, task('title: a'));
    writeFileSync(join(repo.root, 'backlog/A5-two\nlines.md'), task('title: a'));
    repo.git('add', 'backlog');
    repo.git('commit', '-q', '-m', 'chore: odd files');
    const said = { A2: /link/, A3: /link/, A4: /name is not UTF-8/ };
    for (const args of [['check'], ['check', '--main']]) {
      const { problems } = (await repo.json(args)) as { problems: Problem[] };
      expect(problems).toHaveLength(3);
      for (const [id, words] of Object.entries(said))
        expect(problems.find(({ file }) => file.startsWith(`backlog/${id}-`))?.message).toMatch(words);
    }
    const rows = await repo.json(['list']);
    expect(rows.map((row: { id: string }) => row.id)).toEqual(['A1', 'A5', 'A2', 'A3', 'A4']);
    expect((await repo.rota(['list'])).stdout).not.toContain('root:');
    expect((await repo.rota(['check'])).stdout.split('\n').filter((line) => line !== '')).toHaveLength(3);
    await expectLands(repo);
  });

  test('a backlog that is a link or a file is named', async () => {
    const box = sandbox();
    const file = box.repo('file', { 'rota.yaml': 'gate: none\n', backlog: 'words\n' });
    expect((await file.json(['check'])).problems[0].message).toContain('`backlog` is not a folder');
    expect((await file.json(['check', '--main'])).problems[0].message).toContain('`backlog` is not a folder');
    expect((await file.json(['list']))[0].problems[0].message).toContain('`backlog` is not a folder');
  });
});

describe('a backlog that does not fit together', () => {
  test('one id twice, cycles, unknown and dropped dependencies, unknown roles and epics', async () => {
    const repo = project(
      sandbox(),
      backlog({
        'A32-a.md': task('title: a', 'status: ready'),
        'A032-b.md': task('title: b', 'status: ready'),
        'A33-a.md': task('title: a', 'status: ready', 'depends: [A34]'),
        'A34-a.md': task('title: a', 'status: ready', 'depends: [A33]'),
        'A35-a.md': task('title: a', 'status: ready', 'depends: [A999]'),
        'A36-a.md': task('title: a', 'status: ready', 'depends: [A36]'),
        'A37-a.md': task('title: a', 'status: ready', 'role: nobody', 'epic: A1'),
        'A38-a.md': task('title: a', 'status: ready', 'epic: A99'),
      }),
    );
    const ran = await repo.rota(['check']);
    expect(ran.code).toBe(2);
    for (const said of [
      /A32-a\.md:1: the id A32 is taken by backlog\/A032-b\.md \(written A032 there\)/,
      /A33-a\.md:4: tasks depend on each other: A33 -> A34 -> A33/,
      /A35-a\.md:4: A35 depends on A999, which no file holds/,
      /A36-a\.md:4: A36 depends on itself/,
      /A37-a\.md:4: A37 asks for role nobody; expected one of: developer/,
      /A37-a\.md:5: A37 belongs to A1, which is of type feature; expected an epic/,
      /A38-a\.md:4: .*A99/,
    ])
      expect(ran.stdout).toMatch(said);
    const { explain } = await repo.json(['next', 'developer']);
    const can = explain
      .filter((one: { eligible: boolean }) => one.eligible)
      .map((one: { id: string }) => one.id);
    expect(can).toEqual(['A1', 'A38']);
    const twice = await repo.json(['run', 'developer', 'A32']);
    expect(twice).toMatchObject({ outcome: 'idle', task: null });
    expect(twice.reason).toContain('have the same id A32');
  });
});

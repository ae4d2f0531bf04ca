import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommandSpec } from '../src/cli/command-spec.ts';
import { readingCommands } from '../src/cli/reading-commands.ts';
import { workingCommands } from '../src/cli/working-commands.ts';
import { OUTCOMES } from '../src/events.ts';
import { outcomeEffects } from '../src/plan/outcome.ts';
import { CONFIG_NOT_BUILT, configKeys } from '../src/role/config-schema.ts';
import { ROLE_NOT_BUILT, roleKeys } from '../src/role/role-schema.ts';
import { TASK_KEYS } from '../src/task/fields.ts';

const ROOT = resolve(import.meta.dirname, '..');
const COMMANDS: readonly CommandSpec[] = [...readingCommands, ...workingCommands];

const pages = ['README.md', 'AGENTS.md', 'CHANGELOG.md', ...markdownBelow('docs')];
const decisions = markdownBelow('docs/decisions').filter((page) => /\/\d{4}-/.test(page));

describe('links', () => {
  test.each(pages)('%s: each leads to a file and a heading that are there', (page) => {
    expect(linksOf(page).filter((link) => !leads(page, link))).toEqual([]);
  });

  test('every page of docs/ can be reached from the README', () => {
    const seen = new Set(['README.md']);
    for (const page of seen) {
      for (const link of linksOf(page)) {
        const target = targetOf(page, link);
        if (target.endsWith('.md') && existsSync(join(ROOT, target))) seen.add(target);
      }
    }
    expect(pages.filter((page) => page.startsWith('docs/') && !seen.has(page))).toEqual([]);
  });
});

describe('commands', () => {
  test('each one that a page shows is there, with its options', () => {
    expect(pages.flatMap((page) => shownCommands(page).flatMap((line) => wrongWith(page, line)))).toEqual([]);
  });

  test('docs/commands.md has every command, every option and every argument', () => {
    const text = read('docs/commands.md');
    const missing = COMMANDS.flatMap((spec) => {
      const heading = headingsOf(text).some((line) =>
        line.split(', ').some((part) => part.split(' ')[1] === spec.name),
      );
      const options = optionNames(spec).filter((name) => !new RegExp(`${name}\\b`).test(text));
      return [...(heading ? [] : [spec.name]), ...options.map((name) => `${spec.name} ${name}`)];
    });
    expect(missing).toEqual([]);
  });

  test('each npm script that a page names is in package.json', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = pages.flatMap((page) => [
      ...read(page).matchAll(/\bnpm (?:run )?(test|(?<=run )[a-z:]+)/g),
    ]);
    const missing = named.map((match) => match[1]!).filter((name) => !Object.hasOwn(scripts, name));
    expect([...new Set(missing)]).toEqual([]);
  });

  test('the README begins with the two commands that show and test it', () => {
    const blocks = blocksOf(read('README.md')).map(({ text }) => text.trim());
    expect(blocks.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });
});

describe('tables', () => {
  const files = read('docs/files.md');

  test('docs/files.md has every key of tasks, roles and rota.yaml', () => {
    expect(rowsOf(files, '## Tasks')).toEqual([...TASK_KEYS]);
    expect(rowsOf(files, '## Roles')).toEqual(roleKeys([]));
    expect(rowsOf(files, '## rota.yaml')).toEqual(configKeys([]));
  });

  test('docs/files.md names all that is refused as not built', () => {
    const section = files.slice(files.indexOf('**Not built yet'), files.indexOf('## The result file'));
    const names = [...CONFIG_NOT_BUILT, ...ROLE_NOT_BUILT].map(({ at }) => at.at(-1) ?? '');
    expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(section))).toEqual([]);
  });

  test('docs/files.md names no rule of rota check that the code does not have', () => {
    const sources = ['src/role', 'src/task', 'src/store/backlog', 'src/run/backlog'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => read(`${folder}/${name}`)),
    );
    const rules = rowsOf(files, '## What rota check says').flatMap((cell) => cell.split(', '));
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.filter((rule) => !sources.some((source) => source.includes(`'${rule}'`)))).toEqual([]);
  });

  test('docs/commands.md has every code of an error', () => {
    const codes = [...read('src/errors.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map((match) => match[1]!);
    const told = /with `code`\none of ([^.]*)\./.exec(read('docs/commands.md'))?.[1] ?? '';
    expect([...told.matchAll(/`([a-z-]+)`/g)].map((match) => match[1])).toEqual([...codes, 'bug']);
  });

  test('docs/protocols.md has every outcome with its exit code', () => {
    const rows = tableRows(read('docs/protocols.md'), '## Outcomes');
    const told = new Map(
      rows.flatMap((cells) =>
        (cells[0] ?? '').split(', ').map((name) => [name.replaceAll('`', ''), cells.at(-1)] as const),
      ),
    );
    const expected = OUTCOMES.map((outcome) => [outcome, String(outcomeEffects(outcome).exit)] as const);
    expect([...told].map(([name, exit]) => [name, exit?.split(',')[0]])).toEqual(
      expect.arrayContaining(expected.map((pair) => [...pair])),
    );
    expect(told.size).toBe(expected.length);
  });
});

describe('decisions', () => {
  test.each(decisions)('%s has a status, its parts, and a link to a test that is there', (page) => {
    const text = read(page);
    const number = Number(/\/(\d{4})-/.exec(page)?.[1]);
    expect(text).toMatch(new RegExp(`^# ${number}\\. .+\n\nStatus: (?:accepted|replaced by \\[|rejected)`));
    expect(headingsOf(text)).toEqual(['Context', 'Decision', 'Consequences']);
    const enforced = /Enforced by: ([\s\S]*?)\n\n/.exec(text)?.[1] ?? '';
    const tests = [...enforced.matchAll(/\]\(([^)]+\.test\.ts)\)/g)].map((match) => match[1]!);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((link) => !leads(page, link))).toEqual([]);
  });

  test('are numbered without gaps, and the list has them all', () => {
    const numbers = decisions.map((page) => Number(/\/(\d{4})-/.exec(page)?.[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const listed = linksOf('docs/decisions/README.md').map((link) => `docs/decisions/${link}`);
    expect(decisions.filter((page) => !listed.includes(page))).toEqual([]);
  });
});

describe('promises', () => {
  const rows = tableRows(read('docs/promises.md'), '# Promises');

  test('each has a guard and a test', () => {
    expect(rows.map(([number]) => number)).toEqual(rows.map((_, index) => String(index + 1)));
    const bare = rows.filter(
      ([, , guard = '', proof = '']) => !/\(\.\.\/src\//.test(guard) || !/\.test\.ts\)/.test(proof),
    );
    expect(bare.map(([number]) => number)).toEqual([]);
  });

  test('each test that is named by its title is in the file', () => {
    const missing = rows.flatMap(([number, , , proof = '']) =>
      [...proof.matchAll(/\]\(\.\.\/([^)]+)\)((?:: |, |)(?:"[^"]+"(?:, )?)+)/g)].flatMap(
        ([, file = '', titles = '']) => {
          const text = plainQuotes(read(file));
          return [...titles.matchAll(/"([^"]+)"/g)]
            .map((match) => match[1]!)
            .filter((title) => !text.includes(plainQuotes(title)))
            .map((title) => `${number}: ${title}`);
        },
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe('plain pages', () => {
  test.each(pages.filter((page) => page !== 'AGENTS.md'))('%s: text fits 80 columns', (page) => {
    const prose = withoutBlocks(read(page)).split('\n');
    const long = prose.filter((line) => line.length > 80 && !line.startsWith('|') && !/\]\(/.test(line));
    expect(long).toEqual([]);
  });

  test('roles have at most 80 lines', () => {
    const long = markdownBelow('roles').filter((file) => read(file).split('\n').length - 1 > 80);
    expect(long).toEqual([]);
  });

  test('no page names a place outside the repository or a word of another glossary', () => {
    const bad = /\/work\/|\/tmp\/brief|DESIGN\.md|FACTS\.md|\btickets?\b|(?<!force-with-)\bleases?\b/i;
    const allowed = (page: string, line: string) => /glossary\.md$|AGENTS\.md$/.test(page) || !bad.test(line);
    const wrong = pages.flatMap((page) =>
      read(page)
        .split('\n')
        .filter((line) => !allowed(page, line))
        .map((line) => `${page}: ${line}`),
    );
    expect(wrong).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function markdownBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort();
}

/** Links of the text, without those in code; addresses on the web are not followed. */
function linksOf(page: string): string[] {
  const text = withoutBlocks(read(page)).replace(/`[^`\n]*`/g, (code) => code.replaceAll('](', ''));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^https?:/.test(link));
}

function targetOf(page: string, link: string): string {
  const [path = ''] = link.split('#');
  return path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path)).replaceAll('\\', '/');
}

function leads(page: string, link: string): boolean {
  const target = targetOf(page, link);
  if (target.startsWith('..') || !existsSync(join(ROOT, target))) return false;
  const anchor = link.split('#')[1];
  return anchor === undefined || headingsOf(read(target), 1).some((heading) => anchorOf(heading) === anchor);
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function headingsOf(text: string, from = 2): string[] {
  const found = withoutBlocks(text).matchAll(/^(#{1,6}) (.+)$/gm);
  return [...found].filter((match) => match[1]!.length >= from).map((match) => match[2]!.trim());
}

function blocksOf(text: string): { readonly info: string; readonly text: string }[] {
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    info: match[1]!.trim(),
    text: match[2]!,
  }));
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[^\n]*\n[\s\S]*?^```$/gm, '');
}

/** Every `rota …` in a code span, and every line of a shell, console or cron block. */
function shownCommands(page: string): string[] {
  const text = read(page);
  const spans = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  const lines = blocksOf(text)
    .filter(({ info }) => /^(?:sh|console|cron)/.test(info))
    .flatMap((block) =>
      block.text.split('\n').filter((line) => !block.info.startsWith('console') || line.startsWith('$ ')),
    );
  return [...spans, ...lines].flatMap((line) =>
    [...line.matchAll(/(?:^|\s)(rota(?: [^;&|]*)?)/g)].map((match) => match[1]!),
  );
}

/** What a shown command line names that the program does not have. */
function wrongWith(page: string, line: string): string[] {
  const words = line
    .replace(/"[^"]*"/g, '""')
    .trim()
    .split(/\s+/)
    .slice(1);
  if (words[0] === '-C') words.splice(0, 2);
  const [name, ...rest] = words;
  if (name === undefined || name.startsWith('-') || /^[<[…(]/.test(name)) return [];
  const spec = COMMANDS.find((one) => one.name === name);
  if (spec === undefined) return [`${page}: ${line}: no command ${name}`];
  const known = [...optionNames(spec), '--json', '--help', '-h', '-C'];
  return rest
    .filter((word) => /^--?[a-z]/.test(word) && !known.includes(word))
    .map((word) => `${page}: ${line}: ${name} has no ${word}`);
}

function optionNames(spec: CommandSpec): string[] {
  return (spec.options ?? []).flatMap(([flags]) =>
    flags.split(/[ ,]+/).filter((word) => word.startsWith('-')),
  );
}

function tableRows(text: string, heading: string): string[][] {
  const lines = text.slice(text.indexOf(`${heading}\n`)).split('\n');
  const start = lines.findIndex((line) => /^\| ?-/.test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 1, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The keys that the first table below a heading documents. */
function rowsOf(text: string, heading: string): string[] {
  return tableRows(text, heading).map(([key = '']) => key.replaceAll('`', ''));
}

function plainQuotes(text: string): string {
  return text.replaceAll('’', "'").replaceAll("\\'", "'");
}

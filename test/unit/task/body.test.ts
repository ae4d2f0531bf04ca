import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendLog, appendNote, readCriteria, readLog, taskBody } from '../../../src/task/body.ts';
import { contentHash } from '../../../src/task/content-hash.ts';
import { editTask } from '../../../src/task/edit.ts';
import { formatLogLine, parseLogLine } from '../../../src/task/log-line.ts';
import { findSections } from '../../../src/task/sections.ts';

const front = '---\ntitle: a\n---\n';
const entry = {
  at: new Date('2025-12-02T11:03:23.456Z'),
  role: 'developer',
  task: 'A32',
  event: 'started',
  detail: 'picked from backlog',
};
const log = formatLogLine(entry);

describe('log lines', () => {
  it('have the documented form', () => {
    expect(log).toBe('2025-12-02 11:03:23 UTC | developer | A32 | started | picked from backlog');
    expect(parseLogLine(log)).toEqual({ ...entry, at: new Date('2025-12-02T11:03:23Z') });
    expect(parseLogLine(`- ${log}`)?.event).toBe('started');
    for (const other of ['', 'x', '2025-12-02', '2025-99-02 11:03:23 UTC | a'])
      expect(parseLogLine(other)).toBeNull();
  });
  it('are one line of five fields whatever the detail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (detail) => {
        const line = formatLogLine({ ...entry, detail });
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect(line.split('|').length).toBeGreaterThanOrEqual(4);
        expect(line.split('|').length).toBeLessThanOrEqual(5);
        expect(parseLogLine(line)?.task).toBe('A32');
      }),
    );
    expect(formatLogLine({ ...entry, detail: 'a | b\n## Log\n\x1b[31mred' })).toMatch(
      /\| a \/ b ## Log red$/,
    );
  });
});

describe('appendLog and appendNote', () => {
  it('make sections, Notes before Log', () => {
    const first = appendLog(`${front}Body`, [log]);
    expect(first).toBe(`${front}Body\n\n## Log\n\n${log}\n`);
    expect(appendLog(first, [log])).toBe(`${front}Body\n\n## Log\n\n${log}\n${log}\n`);
    const noted = appendNote(first, 'one\n\ntwo');
    expect(noted).toBe(`${front}Body\n\n## Notes\n\none\n\ntwo\n\n## Log\n\n${log}\n`);
    expect(appendNote(noted, 'three')).toBe(
      `${front}Body\n\n## Notes\n\none\n\ntwo\n\nthree\n\n## Log\n\n${log}\n`,
    );
    expect(appendLog(front, [log])).toBe(`${front}\n## Log\n\n${log}\n`);
    expect(appendLog(front, [])).toBe(front);
  });
  it('keep CRLF and what follows the section', () => {
    const text = '---\r\ntitle: a\r\n---\r\n## Log\r\n\r\n## After\r\nx\r\n';
    expect(appendLog(text, [log])).toBe(
      `---\r\ntitle: a\r\n---\r\n## Log\r\n\r\n${log}\r\n\r\n## After\r\nx\r\n`,
    );
  });
  it('do not take a heading in fenced code for one', () => {
    const text = `${front}\`\`\`\n## Log\n\`\`\`\n`;
    expect(appendLog(text, [log])).toBe(`${text}\n## Log\n\n${log}\n`);
    const unclosed = appendLog(`${front}\`\`\`\n`, [log]);
    expect(appendLog(unclosed, [log]).match(/## Log/g)).toHaveLength(1);
  });
  it('let no note make a section, hide the rest or leave a conflict marker', () => {
    const hostile = fc.array(
      fc.constantFrom(
        '## Log',
        '## Notes',
        '# x',
        '```',
        '~~~',
        '<!--',
        '<<<<<<< a',
        '=======',
        'x',
        '',
        '\x1b[2J',
        '---',
        '  ## Log',
        '\u202e',
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), (notes) => {
        let text = appendLog(`${front}Body\n`, [log]);
        for (const note of notes) text = appendNote(text, note.join('\n'));
        text = appendLog(text, ['## Log', 'last']);
        const names = findSections(taskBody(text)).map((section) => section.name);
        expect(names.filter((name) => name === 'Log')).toHaveLength(1);
        expect(names.filter((name) => name === 'Notes').length).toBeLessThan(2);
        expect(text.endsWith(`${log}\n| ## Log\nlast\n`)).toBe(true);
        expect(text).not.toMatch(/^(<{7}|={7}|>{7})|<!--|\x1b|\u202e/m);
        expect(text.startsWith(`${front}Body\n`)).toBe(true);
      }),
    );
  });
  it('is quick on what makes patterns slow', () => {
    const spaces = ' '.repeat(900_000);
    expect(findSections(`## Log${spaces}x\n`)).toEqual([]);
    expect(readCriteria(`${front}- [ ] ${spaces}\n- [ ] x${spaces}y\n`)).toHaveLength(1);
    expect(appendLog(front, [`a${spaces}b\x1b`])).toContain('## Log');
  });
  it('is quick on a file of fences', () => {
    expect(findSections(`${'```\n~~~~\n'.repeat(50_000)}## Logs\n`)).toEqual([]);
    expect(
      findSections(Array.from({ length: 1000 }, (_, i) => `${'`'.repeat(1003 - i)}\n`).join('')),
    ).toEqual([]);
  });
  it('reads the log back', () => {
    expect(readLog(appendLog(`${front}x\n`, [log, 'free text']))).toHaveLength(1);
    expect(readLog(front)).toEqual([]);
  });
});

describe('readCriteria', () => {
  it('reads items outside of code, Notes and Log', () => {
    const text = `${front}- [ ] one\n  goes on\n  - [x] two\n* [X] three\n\n  not part\n\`\`\`\n- [ ] code\n\`\`\`\n- [] no\n## Notes\n- [ ] note\n`;
    expect(readCriteria(text)).toEqual([
      { text: 'one goes on', checked: false },
      { text: 'two', checked: true },
      { text: 'three', checked: true },
    ]);
  });
});

describe('contentHash', () => {
  const text = '---\nid: A1 # c\ntitle: a\nstatus: ready\n---\nBody\n\n- [ ] x\n';
  it('stays under edits of lock, Notes and Log, in any order', () => {
    const step = fc.constantFrom<(t: string) => string>(
      (t) => appendLog(t, [log]),
      (t) => appendNote(t, 'n\n\n## x'),
      (t) => editTask(t, { lock: { run: 'x', by: 'y' } }),
      (t) => editTask(t, { lock: undefined }),
      (t) => editTask(t, { lock: 'mike' }),
    );
    const start = fc.constantFrom(
      text,
      text.replaceAll('\n', '\r\n'),
      `\ufeff${text}`,
      text.replace('title: a', 'title: >\n  a'),
      text.trimEnd(),
      '---\ntitle: a\n---\n',
      `${text}\n\n\n`,
    );
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 6 }), (from, steps) => {
        expect(contentHash(steps.reduce((t, apply) => apply(t), from))).toBe(contentHash(from));
      }),
      { numRuns: 300 },
    );
  });
  it('changes with everything else', () => {
    const others = [
      text.replace('ready', 'done'),
      text.replace('# c', '# d'),
      text.replace('Body', 'body'),
      text.replace('[ ]', '[x]'),
      `${text}more\n`,
      `${text}## Other\n`,
    ];
    expect(new Set([text, ...others].map(contentHash)).size).toBe(7);
    expect(contentHash('---\nbroken')).toMatch(/^[0-9a-f]{64}$/);
  });
});

import { describe, expect, test } from 'vitest';
import type { WhyDocument } from '../../../src/cli/documents/why-document.ts';
import { makeOutput } from '../../../src/cli/output.ts';
import { displayWidth } from '../../../src/cli/text/display-width.ts';
import { whyLines } from '../../../src/cli/text/why-lines.ts';
import { wrapWords } from '../../../src/cli/text/wrap-words.ts';
import { closestId } from '../../../src/role/closest-id.ts';
import { parseEvent } from '../../../src/run/why/parse-event.ts';
import { taskKey } from '../../../src/task/id.ts';

const AT = '2026-11-21T05:47:22.000Z';
const NOW = new Date('2026-11-21T06:00:00Z');
const EVIL = 'x\u001b]0;owned\u0007\u001b[2J\u202Egnp\ny';

function output(env: Record<string, string> = {}) {
  const stream = { isTTY: false, write: () => true };
  return makeOutput({ stdout: stream, stderr: stream, variables: env, json: false });
}

function documentOf(more: Partial<WhyDocument>): WhyDocument {
  return {
    ...{ id: 'A1', title: 'A title', file: 'backlog/A1.md', runs: [], rescues: [], events: [] },
    ...{ omitted: 0, problems: [] },
    now: {
      ...{ words: 'ready', status: 'ready', picked: [], rest: null, lock: null, block: null, state: null },
      ...{ attempts: 0, reason: null, notBefore: null, waiting: null, pr: null, publish: null, notes: [] },
    },
    ...more,
  };
}

function event(what: string, detail: string, second = 0): WhyDocument['events'][number] {
  const time = new Date(Date.parse(AT) + second * 1000).toISOString();
  return { time, source: 'run', run: 'R1', event: what, detail };
}

describe('the lines of rota why', () => {
  test('fit 80 columns and cannot steer a terminal, whatever agents and task files said', () => {
    const long = 'word '.repeat(400) + 'x'.repeat(5000);
    const lines = whyLines(
      documentOf({
        title: `${EVIL} ${'字'.repeat(200)}`,
        file: long,
        now: {
          ...documentOf({}).now,
          words: `${EVIL}${long}`,
          picked: [{ role: EVIL, eligible: false, reason: long }],
          lock: {
            ...{ run: EVIL, role: EVIL, by: EVIL, host: EVIL, since: EVIL, branch: EVIL },
            ...{ pid: 1, alive: null, proof: long },
          },
        },
        events: [event(EVIL, EVIL), { ...event('note', long), run: `${EVIL}${long}` }],
        problems: [EVIL, long],
      }),
      output(),
      NOW,
    );
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(lines.length).toBeLessThan(120);
  });

  test('many events are counted, the newest are shown', () => {
    const events = Array.from({ length: 1000 }, (_, at) => event('turn', `number ${at}`, at));
    const text = whyLines(documentOf({ events, omitted: 7 }), output(), NOW).join('\n');
    expect(text).toContain('707 earlier events are left out; --json has them.');
    expect(text).toContain('turn: number 999');
    expect(text).not.toContain('turn: number 699');
  });

  test('a start is shown only where nothing of its step follows: there the run was cut off', () => {
    const events = [
      event('setup', 'started', 0),
      event('setup', 'done', 1),
      event('agent', 'started', 2),
      event('interrupted', 'it died', 3),
      { ...event('agent', 'exit 0', 4), run: 'R2' },
    ];
    const text = whyLines(documentOf({ events }), output(), NOW).join('\n');
    expect(text).not.toContain('setup: started');
    expect(text).toContain('agent: started');
  });

  test('colours follow NO_COLOR and FORCE_COLOR', () => {
    const document = documentOf({ events: [event('landed', '')] });
    const colored = whyLines(document, output({ FORCE_COLOR: '1' }), NOW).join('\n');
    expect(colored).toContain('\u001b[32m✔');
    expect(whyLines(document, output({ FORCE_COLOR: '1', NO_COLOR: '1' }), NOW).join('\n')).not.toContain(
      '\u001b',
    );
  });
});

describe('wrapping', () => {
  test('breaks between words, cuts what is longer than a line, loses nothing', () => {
    expect(wrapWords('one two  three\nfour', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrapWords('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapWords('', 10)).toEqual(['']);
    expect(wrapWords('字字字字字', 4)).toEqual(['字字', '字字', '字']);
  });
});

describe('what a run remembers', () => {
  test.each([
    ['{"at":"2026-11-21T05:47:22Z","type":"step","step":"gate","state":"failed","detail":"red"}', 'step'],
    [
      '{"at":"2026-11-21T05:47:22Z","type":"gate","name":"x","passed":true,"seconds":1,"detail":null}',
      'gate',
    ],
    ['{"at":"2026-11-21T05:47:22Z","type":"turn","turn":1,"ended":"exit 0","seconds":1}', 'turn'],
    ['{"at":"2026-11-21T05:47:22Z","type":"notice","level":"info","message":"m"}', 'notice'],
    ['{"at":"2026-11-21T05:47:22Z","type":"outcome","outcome":"red","reason":null}', 'outcome'],
    ['{"at":"2026-11-21T05:47:22Z","type":"flaky","command":"npm test","test":"t"}', 'flaky'],
    ['{"at":"2026-11-21T05:47:22Z","type":"sweep","action":"freed","task":"A1","reason":"r"}', 'sweep'],
    ['{"at":"2026-11-21T05:47:22Z","type":"race","over":"claim","seconds":0.4,"detail":"d"}', 'race'],
  ])('%s', (line, type) => {
    expect(parseEvent(line)).toMatchObject({ at: new Date(AT), event: { type } });
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '"step"',
    '{}',
    '{"at":"2026-11-21T05:47:22Z"}',
    '{"at":"2026-11-21T05:47:22Z","type":"race","over":"lunch","seconds":0.4,"detail":"d"}',
    '{"at":"yesterday","type":"turn","turn":1,"ended":"exit 0","seconds":1}',
    '{"at":1,"type":"turn","turn":1,"ended":"exit 0","seconds":1}',
    '{"at":"2026-11-21T05:47:22Z","type":"constructor"}',
    '{"at":"2026-11-21T05:47:22Z","type":"__proto__"}',
    '{"at":"2026-11-21T05:47:22Z","type":"step","step":"gate","state":"gone"}',
    '{"at":"2026-11-21T05:47:22Z","type":"gate","name":"x","passed":"yes","seconds":1}',
    '{"at":"2026-11-21T05:47:22Z","type":"gate","name":"x","passed":true,"seconds":"1"}',
    '{"at":"2026-11-21T05:47:22Z","type":"outcome","outcome":"great"}',
    '{"at":"2026-11-21T05:47:22Z","type":"flaky","command":"npm test","test":7}',
    '{"at":"2026-11-21T05:47:22Z","type":"notice","level":"info","message":{"toString":1}}',
  ])('damaged: %s', (line) => {
    expect(parseEvent(line)).toBe(null);
  });
});

describe('the nearest id', () => {
  const known = ['A1', 'A2', 'A10', 'A32', 'B7'].map(taskKey);
  test.each([
    ['A3', 'A2'],
    ['A33', 'A32'],
    ['A11', 'A10'],
    ['B8', 'B7'],
    ['B1', 'B7'],
    ['A0032', 'A32'],
    ['WHOLLY-99999', null],
  ])('%s -> %s', (id, nearest) => {
    expect(closestId(id, known)).toBe(nearest);
  });

  test('of nothing there is none', () => {
    expect(closestId('A1', [])).toBe(null);
  });
});

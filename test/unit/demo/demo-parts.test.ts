import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../../../src/demo/files-in.ts';
import { judgeDemo } from '../../../src/demo/judge-demo.ts';
import type { RotaEvent, SentEvent } from '../../../src/events.ts';
import type { RunResult } from '../../../src/run/work/run-result.ts';
import { parseTaskFile } from '../../../src/task/parse.ts';

const document = (name: string) =>
  readFileSync(new URL(`../../../src/demo/${name}.md`, import.meta.url), 'utf8');

describe('filesIn', () => {
  it('takes each file out as it is', () => {
    expect(
      filesIn('# a\n\n### `x/y.mjs`\n\n```js\none\n\ntwo\n```\n\ntext\n\n### `z`\n\n```\n```\n'),
    ).toEqual([
      { path: 'x/y.mjs', text: 'one\n\ntwo\n' },
      { path: 'z', text: '' },
    ]);
  });

  it('finds everything that the documents have', () => {
    for (const name of ['shop', 'backlog', 'agent']) {
      const text = document(name);
      expect(filesIn(text)).toHaveLength(text.match(/^### /gm)!.length);
    }
  });

  it('gives task files without a problem', () => {
    const tasks = filesIn(document('backlog')).filter(({ path }) => path.startsWith('backlog/'));
    expect(tasks).toHaveLength(11);
    for (const { path, text } of tasks)
      expect(parseTaskFile(path, Buffer.from(text))).toMatchObject({ kind: 'task' });
  });
});

describe('judgeDemo', () => {
  const ids = ['S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10'];
  const result = (task: string, outcome: RunResult['outcome']) =>
    ({ task, outcome, reason: outcome === 'landed' ? null : 'why' }) as RunResult;
  const sent = (task: string, event: RotaEvent): SentEvent => ({
    ...{ at: new Date(0), role: null, run: null },
    task,
    event,
  });
  const turn = (task: string) => sent(task, { type: 'turn', turn: 1, ended: 'exit 0', seconds: 1 });
  const freed = sent('S7', { type: 'sweep', action: 'freed', task: 'S7', reason: 'died' });
  const good = {
    results: ids.map((id) => result(id, 'landed')),
    events: [...ids.map(turn), turn('S6'), freed],
    proposed: ['a', 'b', 'c'],
  };

  it('finds nothing wrong when everything went as planned', () => {
    expect(judgeDemo(good)).toEqual([]);
  });

  it('names what did not', () => {
    const results = [
      ...good.results.filter(({ task }) => task !== 'S2' && task !== 'S3'),
      result('S3', 'red'),
    ];
    expect(judgeDemo({ results, events: good.events.slice(0, ids.length), proposed: ['a'] })).toEqual([
      'S2 was not worked on',
      'S3 is red: why',
      'S6 took 1 turns, expected 2',
      'the sweep did not free S7',
      '1 tasks were proposed, expected 3',
    ]);
  });
});

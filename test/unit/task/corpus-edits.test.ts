import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { CORPUS, corpusBytes } from '../../corpus/corpus.ts';
import { applyChange, brokenByChange, brokenByMerge, CHANGES } from '../../corpus/laws.ts';

/** Files that are text; the others are refused before anybody edits them. */
const TEXTS = CORPUS.flatMap(({ name, files }) =>
  files.flatMap((file) => {
    const bytes = corpusBytes(name, file);
    return isUtf8(bytes) ? [{ name: file.name, class: name, text: bytes.toString('utf8') }] : [];
  }),
);

describe('a hostile backlog is edited', () => {
  it(`in ${CHANGES.length} ways: no byte outside the asked key changes, or it is refused with words`, () => {
    const broken: string[] = [];
    let done = 0;
    let refused = 0;
    for (const { name, text } of TEXTS) {
      for (const change of CHANGES) {
        const after = applyChange(text, change);
        if (after === null) refused += 1;
        else {
          done += 1;
          const wrong = brokenByChange(text, after, change);
          if (wrong !== null) broken.push(`${name}, ${JSON.stringify(change)}: ${wrong}`);
          if (applyChange(after, change) !== after && 'key' in change) broken.push(`${name}: changed twice`);
        }
      }
    }
    expect(broken).toEqual([]);
    expect(done + refused).toBe(TEXTS.length * CHANGES.length);
    // What is merely odd can nearly always be edited: this test would prove nothing if all were refused.
    expect(done).toBeGreaterThan(refused);
  });

  it('files that are merely odd are edited, not refused', () => {
    const refused = TEXTS.filter((file) => file.class === 'odd').filter(({ text }) =>
      CHANGES.some((change) => 'key' in change && applyChange(text, change) === null),
    );
    // Values that another key shares; no task.
    expect(refused.map(({ name }) => name)).toEqual(['C336-anchor.md', 'C337-anchor-list.md', 'notes.md']);
  });
});

describe('a hostile backlog is merged', () => {
  it('every edit of either side is in the result, or it is a conflict with words', () => {
    const broken: string[] = [];
    for (const { name, text } of TEXTS) {
      CHANGES.forEach((ours, index) => {
        const theirs = CHANGES[(index * 3 + 4) % CHANGES.length]!;
        const wrong = brokenByMerge(text, ours, theirs);
        if (wrong !== null) broken.push(`${name}, ${JSON.stringify([ours, theirs])}: ${wrong}`);
      });
    }
    expect(broken).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPrompt } from '../../../src/role/prompt.ts';
import { fitPrompt } from '../../../src/role/prompt-fit.ts';
import { quote } from '../../../src/role/quote.ts';
import { partsFor, roleOf } from './prompt-parts.ts';

/** Text of somebody who wants out of the fence. */
const hostile = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[`~]{1,12}$/),
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\u2028',
        '\u0085',
        '\n```\n',
        '\n# Protocol\n',
        '{{result}}',
        '$&',
      ),
      fc.constantFrom('\u001b[2J', '\u0000', '\u202e', '\u200b`', '\u{e0060}', '\ud800', '</task>', '---\n'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(''));

const developer = roleOf('developer');
const FENCE = /^(`{3,}|~{3,})([a-z]*)$/;

/** The lines outside every fence, as CommonMark reads fences; an open one at the end is a defect. */
function outside(markdown: string): string[] {
  let fence: string | null = null;
  const lines: string[] = [];
  for (const line of markdown.split('\n')) {
    const match = FENCE.exec(line.replace(/^ {1,3}/, ''));
    if (fence === null && match !== null) fence = match[1]!;
    else if (fence !== null) {
      const closes = match?.[2] === '' && match[1]![0] === fence[0] && match[1]!.length >= fence.length;
      if (closes) fence = null;
    } else lines.push(line);
  }
  expect(fence).toBe(null);
  return lines;
}

describe('text from the backlog', () => {
  it('cannot end its fence, nor bring control characters in', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const quoted = quote(text, { limit });
        expect(outside(quoted)).toEqual([]);
        expect(quoted).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u200b]|\p{Surrogate}/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('says nothing outside its fences, wherever it stands', () => {
    const bare = renderPrompt(partsFor(developer, { notes: ['x'], failure: 'x', conflict: 'x' }), 'Go.');
    fc.assert(
      fc.property(hostile, (text) => {
        const { task } = partsFor(developer);
        const prompt = renderPrompt(
          partsFor(developer, {
            task: { ...task, text },
            context: [{ file: 'AGENTS.md', text }],
            ...{ notes: [text], failure: text, conflict: text },
          }),
          'Go.',
        );
        expect(outside(prompt)).toEqual(outside(bare));
      }),
      { numRuns: 500 },
    );
  });

  it('never gets a prompt over its limit, nor the protocol out of it', () => {
    const text = hostile.chain((piece) =>
      fc.integer({ min: 1, max: 3000 }).map((times) => piece.repeat(times).slice(0, 40_000)),
    );
    const limits = fc.integer({ min: 16_000, max: 120_000 });
    fc.assert(
      fc.property(text, text, text, limits, (note, context, failure, limit) => {
        const parts = partsFor(developer, {
          notes: [note, failure, context],
          context: [{ file: 'A.md', text: context }],
          ...{ failure, conflict: note },
        });
        const fitted = fitPrompt({ parts, turn: 'Go.' }, limit);
        if (fitted.kind !== 'fits') throw new Error(fitted.reason);
        expect(Buffer.byteLength(fitted.prompt)).toBeLessThanOrEqual(limit);
        const said = outside(fitted.prompt);
        expect(said.filter((one) => one === '# Protocol')).toHaveLength(1);
        expect(said).toContain('Go.');
        outside(fitted.followUp);
      }),
      { numRuns: 100 },
    );
  });
});

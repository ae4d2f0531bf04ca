import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inertMarkdown, inertTitle } from '../../../src/plan/inert-text.ts';

const GAP = '\u200b';

describe('inertTitle', () => {
  it.each([
    ['fixes #1', `fixes #${GAP}1`],
    ['closes acme/shop#12 now', `closes acme/shop#${GAP}12 now`],
    ['resolves GH-7', `resolves GH-${GAP}7`],
    ['resolve https://github.com/a/b/issues/1', `resolve https:${GAP}//github.com/a/b/issues/1`],
    ['thanks @mike and @acme/team', `thanks @${GAP}mike and @${GAP}acme/team`],
    ['see !12', `see !${GAP}12`],
    ['C# and a # b', 'C# and a # b'],
    ['mail @ home', 'mail @ home'],
    ['one\n\n/merge\u001b[31m', 'one /merge'],
  ])('%s', (text, expected) => {
    expect(inertTitle(text)).toBe(expected);
  });
});

describe('inertMarkdown', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['![x](https://evil.example/p.png)', '!\\[x\\](https:&#8203;//evil.example/p.png)'],
    ['[click](javascript:alert(1))', '\\[click\\](javascript:alert(1))'],
    ['`code` **bold** _it_ ~~no~~', '\\`code\\` \\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~'],
    ['@mike fixes #1', '@&#8203;mike fixes #&#8203;1'],
    ['&lt;b&gt; and &#64;mike', '&amp;lt;b&amp;gt; and &amp;#&#8203;64;mike'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['/merge', '\\/merge'],
    ['| a | b |', '\\| a \\| b \\|'],
    ['www.evil.example', 'www&#8203;.evil.example'],
    ['$x^2$', '\\$x^2\\$'],
    ['plain words, (as they are): "fine"', 'plain words, (as they are): "fine"'],
  ])('%s', (text, expected) => {
    expect(inertMarkdown(text)).toBe(expected);
  });

  it('lets no tag, mention, reference or line through, whatever is written', () => {
    const pieces = fc.constantFrom(
      '@',
      '#',
      '1',
      'mike',
      '<',
      '>',
      '&',
      '`',
      '\n',
      '!',
      '[',
      ']',
      '(',
      ')',
      'GH-',
      '://',
      'x',
      ' ',
      '\\',
      '/',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = inertMarkdown(parts.join(''));
        expect(text).not.toMatch(/[\n<>]|@[A-Za-z0-9]|(?<!&)#\d|(?<![A-Za-z0-9_])GH-\d|!\d|:\/\//);
        // Every backtick and bracket is escaped by an odd number of backslashes.
        for (const [, slashes] of text.matchAll(/(\\*)[`[\]]/g)) expect(slashes!.length % 2).toBe(1);
        expect(text).not.toMatch(/^\//);
      }),
      { numRuns: 2000 },
    );
  });
});

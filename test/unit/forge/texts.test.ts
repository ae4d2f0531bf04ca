import { describe, expect, test } from 'vitest';
import { pushOptionsFor } from '../../../src/forge/push-option-text.ts';
import { newText, updatedText } from '../../../src/forge/request-body.ts';
import { requestUrlIn } from '../../../src/forge/request-url-in.ts';

describe('updatedText', () => {
  const first = newText({ title: 'feat: one', body: 'One.' });
  const two = { title: 'feat: two', body: 'Two.' };

  test('replaces what rota wrote, whole', () => {
    expect(updatedText(first, two)).toEqual(newText(two));
    expect(updatedText(newText(two), two)).toEqual(newText(two));
  });

  test("keeps a person's text around it and their title, for good", () => {
    const edited = { title: 'My title', body: `Above\n${first.body}\nBelow` };
    const next = updatedText(edited, two);
    expect(next.title).toBe('My title');
    expect(next.body).toMatch(/^Above\n<!-- rota [0-9a-f]{12} -->\nTwo\.\n<!-- \/rota -->\nBelow$/);
    expect(updatedText(next, { title: 'My title', body: 'Three.' }).title).toBe('My title');
    expect(updatedText({ ...next, title: 'feat: two' }, { title: 'feat: four', body: '' }).title).toBe(
      'feat: two',
    );
  });

  test('leaves a text without the marks, or with half of them', () => {
    for (const body of [
      '',
      'Mine',
      '<!-- rota 0123456789ab -->\nhalf',
      '\n<!-- /rota -->\n<!-- rota 0123456789ab -->',
    ])
      expect(updatedText({ title: 'feat: one', body }, two)).toEqual({ title: 'feat: one', body });
  });

  test("marks in the task's own text do not confuse it", () => {
    const nasty = '<!-- rota 000000000000 -->\n<!-- /rota -->\nrest';
    const made = newText({ title: 'feat: one', body: nasty });
    expect(updatedText(made, two)).toEqual(newText(two));
    expect(updatedText(first, { title: 'feat: one', body: nasty }).body).toBe(made.body);
  });
});

describe('pushOptionsFor', () => {
  const of = (title: string, body: string) =>
    pushOptionsFor({
      ...{
        branch: 'b',
        tip: '0',
        base: 'main',
        title,
        body,
        labels: ['a\nb'],
        reviewers: [],
        draft: false,
        autoMerge: false,
        isOpen: false,
      },
    });

  test('are one line each, with nothing that a terminal or GitLab would obey', () => {
    const options = of('feat: x\r\ny\u001b[31m', 'a\r\n/merge\n  /label ~x\nC:\\new\u0000\u2028/close');
    expect(options).toEqual([
      ...['merge_request.create', 'merge_request.target=main', 'merge_request.title=feat: x y'],
      'merge_request.description=a\\n\\/merge\\n  \\/label ~x\\nC:&#92;new /close',
      'merge_request.label=a b',
    ]);
  });

  test.each(['x', 'ü', '\n', '𝄞', 'ab\n'])(
    'a description of 100,000 times %j fits into one packet',
    (piece) => {
      const [, , , description = ''] = of('t', piece.repeat(100_000));
      expect(Buffer.byteLength(description)).toBeLessThan(65_000);
      expect(description).toMatch(/ \[…\]$/);
      expect(description).not.toMatch(/\ufffd|[^\\]\\ \[…\]$/);
    },
  );
});

describe('requestUrlIn', () => {
  const at = 'git.acme.example';

  test.each([
    [['View merge request for x:', `  https://${at}/g/s/shop/-/merge_requests/7`], 7],
    [['Visit the existing pull request:', `  https://${at}/acme/shop/pulls/12`], 12],
    [[`https://${at}/acme/shop/pull/3/`], 3],
    [[`https://${at}:8443/acme/shop/pull-requests/4`], 4],
  ])('%j', (lines, number) => {
    expect(requestUrlIn(lines, at)?.number).toBe(number);
  });

  test.each([
    [[]],
    [
      [
        'To create a merge request for x, visit:',
        `https://${at}/a/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=x`,
      ],
    ],
    [['https://evil.example/a/b/pull/1']],
    [[`https://${at}.evil.example/a/b/pull/1`]],
    [[`https://pat@${at}/a/b/pull/1`]],
    [[`https://${at}/a/b/pull/0`]],
    [[`javascript://${at}/a/b/pull/1`]],
  ])('nothing in %j', (lines) => {
    expect(requestUrlIn(lines, at)).toBe(null);
  });
});

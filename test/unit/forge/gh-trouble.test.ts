import { describe, expect, test } from 'vitest';
import { callTrouble, replyTrouble } from '../../../src/forge/gh/gh-trouble.ts';
import { readReply } from '../../../src/forge/gh/read-reply.ts';
import type { ProcessResult } from '../../../src/system/ports.ts';

const HOST = 'github.com';
const NOW = new Date('2026-11-21T12:00:00Z');

describe('readReply', () => {
  test('reads status, headers and body as gh prints them', () => {
    const text =
      'HTTP/2.0 201 Created\r\nX-RateLimit-Remaining: 0\r\nLink: <a:b>; rel="next"\r\n\r\n{"a":"b\\r\\n\\r\\nc"}';
    const reply = readReply(Buffer.from(text));
    expect(reply?.status).toBe(201);
    expect([...(reply?.headers ?? [])]).toEqual([
      ['x-ratelimit-remaining', '0'],
      ['link', '<a:b>; rel="next"'],
    ]);
    expect(reply?.json).toEqual({ a: 'b\r\n\r\nc' });
    // 2.23 ends the status line without a carriage return, and a reply without a body is one.
    expect(readReply(Buffer.from('HTTP/1.1 204 No Content\nA: b\r\n\r\n'))).toMatchObject({
      status: 204,
      json: null,
    });
    expect(readReply(Buffer.from('HTTP/1.1 200 OK\n\n<html>'))).toMatchObject({
      status: 200,
      json: undefined,
    });
  });

  test.each([
    '',
    'gh: something',
    'HTTP/1.1',
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200 OK\nA: b',
    '{"a":1}',
    'HTTP/1.1 20 OK\n\n{}',
  ])('no reply: %j', (text) => {
    expect(readReply(Buffer.from(text))).toBe(null);
  });
});

describe('callTrouble', () => {
  const ran = (changes: Partial<ProcessResult>): ProcessResult => ({
    ...{ code: 1, signal: null, stdout: Buffer.alloc(0), stderr: '', timedOut: false, spawnError: null },
    ...changes,
  });

  test.each([
    [{ spawnError: 'ENOENT', code: null }, 'missing', /^gh was not found/],
    [{ spawnError: 'EACCES', code: null }, 'missing', /could not be started \(EACCES\)/],
    [{ timedOut: true, code: null }, 'offline', /no answer in time/],
    [{ code: 4 }, 'logged-out', /not logged in to github\.com/],
    [{ stderr: 'To get started with GitHub CLI, please run:  gh auth login' }, 'logged-out', /not logged in/],
    [
      { stderr: 'Get "https://api.github.com": dial tcp: lookup api.github.com: no such host' },
      'offline',
      /no such host/,
    ],
    [
      { stderr: 'error connecting to api.github.com\ncheck your internet connection' },
      'offline',
      /error connecting/,
    ],
    [{ stderr: 'Post "https://x": net/http: TLS handshake timeout' }, 'offline', /TLS handshake/],
    [{ stderr: 'read tcp 10.0.0.1: connection reset by peer' }, 'offline', /connection reset/],
    [{ stderr: 'Get "https://x": unexpected EOF' }, 'offline', /EOF/],
    [{ stderr: 'panic: runtime error' }, 'nonsense', /gh ended with exit 1: panic/],
    [{ code: null, signal: 'SIGSEGV' }, 'nonsense', /ended by SIGSEGV/],
    [{ stderr: `\u001b]0;evil\u0007${'x'.repeat(5000)}` }, 'nonsense', /^[^\u001b\u0007]{0,600}$/],
  ] as const)('%j', (changes, trouble, message) => {
    const error = callTrouble(HOST, ran(changes));
    expect(error).toMatchObject({ code: 'forge', trouble, until: null });
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
  });
});

describe('replyTrouble', () => {
  const reply = (status: number, message: unknown, headers: Record<string, string> = {}) =>
    replyTrouble(
      HOST,
      {
        status,
        headers: new Map(Object.entries(headers)),
        json: message === undefined ? undefined : { message },
      },
      NOW,
    );
  const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795262400' };

  test.each([
    [reply(403, 'API rate limit exceeded', reset), 'rate-limited', '2026-11-21T12:00:00.000Z'],
    [reply(429, 'Too many', { 'retry-after': '60' }), 'rate-limited', '2026-11-21T12:01:00.000Z'],
    [reply(403, 'You have exceeded a secondary rate limit'), 'rate-limited', null],
    [reply(403, 'x', { 'retry-after': '90' }), 'rate-limited', '2026-11-21T12:01:30.000Z'],
    [reply(429, ''), 'rate-limited', null],
    [reply(429, '', { 'retry-after': '-5' }), 'rate-limited', null],
    [reply(429, '', { 'retry-after': '99999999999' }), 'rate-limited', null],
    [reply(403, 'API rate limit', { ...reset, 'x-ratelimit-reset': '99999999999999' }), 'rate-limited', null],
    [reply(403, 'Resource protected by organization SAML enforcement.'), 'not-allowed', null],
    [reply(403, 'x', { 'x-ratelimit-remaining': '4999' }), 'not-allowed', null],
    [reply(401, 'Bad credentials'), 'logged-out', null],
    [reply(404, 'Not Found'), 'not-found', null],
    [reply(502, undefined), 'offline', null],
    [reply(503, 'Unicorn'), 'offline', null],
    [reply(422, 'Validation Failed'), 'refused', null],
    [reply(410, 'Gone'), 'refused', null],
    [reply(200, undefined), 'nonsense', null],
    [reply(301, 'Moved Permanently'), 'nonsense', null],
  ] as const)('%s', (error, trouble, until) => {
    expect(error.trouble).toBe(trouble);
    expect(error.until?.toISOString() ?? null).toBe(until);
    expect(error.exit).toBe(3);
  });

  test('the words are those of the forge, without what a terminal would obey', () => {
    expect(reply(404, 'Not\u001b[2J Found\nx').message).toContain('Not Found x');
    expect(reply(404, { not: 'text' }).message).toMatch(/you may not see it\.$/);
    expect(reply(403, 'y'.repeat(10_000)).message.length).toBeLessThan(500);
  });
});

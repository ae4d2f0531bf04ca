import { describe, expect, test } from 'vitest';
import { failureInWords } from '../../../../src/agent/acp/failure-in-words.ts';

describe('what agents said over the protocol when their model failed', () => {
  test.each([
    // opencode 1.18
    ['Incorrect API key provided: dummy. You can find your API key at …', null, 'not-logged-in'],
    [
      'Rate limit reached for gpt-test on requests per min (RPM): Limit 3, Used 3, Requested 1.',
      null,
      'rate-limited',
    ],
    [
      'Session too large to compact - context exceeds model limit even after stripping media',
      null,
      'context-exhausted',
    ],
    // gemini 0.61: the server's status is the number of its error
    [
      '{"error":{"code":401,"message":"Request had invalid authentication credentials."}}',
      401,
      'not-logged-in',
    ],
    ['You have exhausted your daily quota on this model.', 429, 'rate-limited'],
    [
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      400,
      'context-exhausted',
    ],
    ['terminated', null, 'outage'],
    [
      'Cannot connect to API: The socket connection was closed unexpectedly. For more information, pass `verbose: true`',
      null,
      'outage',
    ],
    ['Attempt 1 failed with status 500. Retrying with backoff... _ApiError', null, 'outage'],
    ['Attempt 1 failed: Quota exceeded for requests per minute. Please retry in 2s.', null, 'rate-limited'],
    // claude-agent-acp 0.49
    ['Credit balance is too low', null, 'out-of-credit'],
    ['Prompt is too long · the request is ~208310 tokens (limit 200000)', null, 'context-exhausted'],
    // codex-acp 2.6
    ['exceeded retry limit, last status: 429 Too Many Requests', null, 'rate-limited'],
    ['We’re currently experiencing high demand, which may cause temporary errors.', null, 'outage'],
    ["This model's maximum context length is 128000 tokens.", null, 'context-exhausted'],
    ['Quota exceeded. Check your plan and billing details.', null, 'out-of-credit'],
    ['stream disconnected before completion: Transport error: network error', null, 'outage'],
  ] as const)('%s (%s): %s', (words, status, kind) => {
    expect(failureInWords(words, status)).toMatchObject({ kind, message: words });
  });

  test('a status among the words', () => {
    expect(failureInWords('the model answered {"statusCode":503}')).toMatchObject({ kind: 'outage' });
    expect(failureInWords('status 402 from the server')).toMatchObject({ kind: 'out-of-credit' });
  });

  test.each(['', 'I terminated the loop', 'TypeError: x is not a function', 'code 3'])(
    'nothing is made of %j',
    (words) => {
      expect(failureInWords(words)).toBe(null);
    },
  );
});

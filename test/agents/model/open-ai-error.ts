import type { ApiError, WireAnswer } from './wire.ts';

/** As OpenAI words its errors, for both of its formats. */
export function openAiError(error: ApiError, retryAfter: number): WireAnswer {
  const { status, type, code, message } = ERRORS[error];
  return {
    status,
    ...(error === 'rate-limit' ? { headers: { 'retry-after': String(retryAfter) } } : {}),
    json: { error: { message, type, param: null, code } },
  };
}

const ERRORS: Record<ApiError, { status: number; type: string; code: string | null; message: string }> = {
  unauthorized: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided: dummy. You can find your API key at https://platform.openai.com.',
  },
  credit: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  'rate-limit': {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached for gpt-test on requests per min (RPM): Limit 3, Used 3, Requested 1.',
  },
  'server-error': {
    status: 500,
    type: 'server_error',
    code: null,
    message: 'The server had an error while processing your request.',
  },
  context: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.",
  },
};

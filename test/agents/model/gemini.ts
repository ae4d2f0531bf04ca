import type { ModelAnswer, ModelUsage } from './model-turn.ts';
import { sse } from './sse.ts';
import type { ApiError, Body, Wire, WireAnswer } from './wire.ts';

const PATH = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

/** Gemini generateContent and streamGenerateContent. */
export const gemini: Wire = {
  name: 'gemini',
  read: (path, body) => {
    const [, model, verb] = PATH.exec(path) ?? [];
    if (model === undefined) return null;
    return {
      model,
      stream: verb === 'streamGenerateContent',
      tools: (body.tools ?? [])
        .flatMap((tool: Body) => tool.functionDeclarations ?? [])
        .map((tool: Body) => ({
          name: tool.name,
          schema: tool.parametersJsonSchema ?? tool.parameters ?? {},
          freeform: false,
        })),
      last: JSON.stringify(body.contents?.at(-1) ?? ''),
      schema: body.generationConfig?.responseJsonSchema ?? body.generationConfig?.responseSchema ?? null,
    };
  },
  answer: (answer, usage, id, model) => ({
    ...(answer.kind === 'refusal'
      ? { candidates: [{ index: 0, content: { role: 'model', parts: [] }, finishReason: 'SAFETY' }] }
      : { candidates: [{ index: 0, content: content(answer), finishReason: 'STOP' }] }),
    usageMetadata: tokens(usage),
    modelVersion: model,
    responseId: id,
  }),
  events: (answer, usage, id, model) => {
    const whole = gemini.answer(answer, usage, id, model) as Body;
    if (answer.kind === 'refusal') return [sse(whole)];
    const first = {
      candidates: [{ index: 0, content: content(answer) }],
      modelVersion: model,
      responseId: id,
    };
    const last = {
      ...whole,
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP' }],
    };
    return [sse(first), sse(last)];
  },
  error: geminiError,
};

function content(answer: Exclude<ModelAnswer, { kind: 'refusal' }>): Body {
  const part =
    answer.kind === 'text'
      ? { text: answer.text }
      : { functionCall: { name: answer.name, args: answer.input } };
  return { role: 'model', parts: [part] };
}

function tokens({ input, cached, output }: ModelUsage) {
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
  };
}

function geminiError(error: ApiError, retryAfter: number): WireAnswer {
  const { code, status, message, details = [] } = ERRORS[error](retryAfter);
  return { status: code, json: { error: { code, message, status, details } } };
}

type GeminiError = { code: number; status: string; message: string; details?: readonly object[] };

const ERRORS: Record<ApiError, (retryAfter: number) => GeminiError> = {
  unauthorized: () => ({
    code: 401,
    status: 'UNAUTHENTICATED',
    message: 'Request had invalid authentication credentials.',
  }),
  credit: () => ({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel', quotaValue: '50' }],
      },
    ],
  }),
  'rate-limit': (retryAfter) => ({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: `Quota exceeded for requests per minute. Please retry in ${retryAfter}s.`,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel', quotaValue: '5' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` },
    ],
  }),
  'server-error': () => ({ code: 500, status: 'INTERNAL', message: 'An internal error has occurred.' }),
  context: () => ({
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  }),
};

import type { ModelAnswer, ModelUsage } from './model-turn.ts';
import { sse } from './sse.ts';
import type { ApiError, Body, Wire } from './wire.ts';

/** Anthropic Messages: claude, and pi and opencode where they talk to Anthropic. */
export const anthropic: Wire = {
  name: 'anthropic',
  read: (path, body) =>
    path.endsWith('/v1/messages')
      ? {
          model: String(body.model),
          stream: body.stream === true,
          tools: (body.tools ?? []).map((tool: Body) => ({
            name: tool.name,
            schema: tool.input_schema ?? {},
            freeform: false,
          })),
          last: wordsOf(body.messages?.at(-1)?.content),
          schema: body.output_config?.format?.schema ?? body.output_format?.schema ?? null,
        }
      : null,
  answer: (answer, usage, id, model) => ({
    ...head(id, model),
    content: [block(answer, id)],
    stop_reason: stopReason(answer),
    usage: tokens(usage),
  }),
  events: (answer, usage, id, model) => {
    const whole = block(answer, id);
    const { empty, delta } = pieces(whole);
    const named = (data: { type: string }) => sse(data, data.type);
    const message = {
      ...head(id, model),
      content: [],
      stop_reason: null,
      usage: { ...tokens(usage), output_tokens: 1 },
    };
    return [
      named({ type: 'message_start', message } as { type: string }),
      named({ type: 'content_block_start', index: 0, content_block: empty } as { type: string }),
      named({ type: 'content_block_delta', index: 0, delta } as { type: string }),
      named({ type: 'content_block_stop', index: 0 } as { type: string }),
      named({
        type: 'message_delta',
        delta: { stop_reason: stopReason(answer), stop_sequence: null },
        usage: tokens(usage),
      } as { type: string }),
      named({ type: 'message_stop' }),
    ];
  },
  error: (error, retryAfter) => {
    const { status, type, message } = ERRORS[error];
    return {
      status,
      ...(error === 'rate-limit' ? { headers: { 'retry-after': String(retryAfter) } } : {}),
      json: { type: 'error', error: { type, message }, request_id: 'req_test' },
    };
  },
};

/** As Anthropic's documentation of errors words them. */
const ERRORS: Record<ApiError, { status: number; type: string; message: string }> = {
  unauthorized: { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  credit: {
    status: 400,
    type: 'invalid_request_error',
    message:
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  },
  'rate-limit': {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's rate limit of 50 requests per minute.",
  },
  'server-error': { status: 500, type: 'api_error', message: 'Internal server error' },
  context: {
    status: 400,
    type: 'invalid_request_error',
    message: 'prompt is too long: 208310 tokens > 200000 maximum',
  },
};

function head(id: string, model: string) {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model, stop_sequence: null };
}

function block(answer: ModelAnswer, id: string): Body {
  if (answer.kind === 'call')
    return { type: 'tool_use', id: `toolu_${id}`, name: answer.name, input: answer.input };
  return { type: 'text', text: answer.text };
}

function pieces(whole: Body): { empty: Body; delta: Body } {
  if (whole.type === 'tool_use') {
    const delta = { type: 'input_json_delta', partial_json: JSON.stringify(whole.input) };
    return { empty: { ...whole, input: {} }, delta };
  }
  return { empty: { type: 'text', text: '' }, delta: { type: 'text_delta', text: whole.text } };
}

function stopReason({ kind }: ModelAnswer): string {
  return { call: 'tool_use', text: 'end_turn', refusal: 'refusal' }[kind];
}

/** `input_tokens` are those that no cache knew. */
function tokens({ input, cached, output }: ModelUsage) {
  return {
    input_tokens: input - cached,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: output,
  };
}

function wordsOf(content: Body): string {
  if (!Array.isArray(content)) return String(content ?? '');
  return content.map((part: Body) => part.text ?? wordsOf(part.content)).join('\n');
}

import type { ModelAnswer, ModelUsage } from './model-turn.ts';
import { openAiError } from './open-ai-error.ts';
import { sse } from './sse.ts';
import type { Body, Wire } from './wire.ts';

/** OpenAI Chat Completions, which every server of open models speaks: opencode and pi with a provider of one's own. */
export const chat: Wire = {
  name: 'chat',
  read: (path, body) =>
    path.endsWith('/chat/completions')
      ? {
          model: String(body.model),
          stream: body.stream === true,
          tools: (body.tools ?? []).map(({ function: tool }: Body) => ({
            name: tool.name,
            schema: tool.parameters ?? {},
            freeform: false,
          })),
          last: JSON.stringify(body.messages?.at(-1)?.content ?? ''),
          schema: body.response_format?.json_schema?.schema ?? null,
        }
      : null,
  answer: (answer, usage, id, model) => ({
    ...head(id, model, 'chat.completion'),
    choices: [{ index: 0, message: message(answer, id), finish_reason: finish(answer) }],
    usage: tokens(usage),
  }),
  events: (answer, usage, id, model) => {
    const chunk = (choice: object) =>
      sse({ ...head(id, model, 'chat.completion.chunk'), choices: [{ index: 0, ...choice }] });
    return [
      chunk({ delta: { role: 'assistant', content: '' }, finish_reason: null }),
      chunk({ delta: message(answer, id), finish_reason: null }),
      chunk({ delta: {}, finish_reason: finish(answer) }),
      sse({ ...head(id, model, 'chat.completion.chunk'), choices: [], usage: tokens(usage) }),
      sse('[DONE]'),
    ];
  },
  error: openAiError,
};

function head(id: string, model: string, object: string) {
  return { id: `chatcmpl-${id}`, object, created: 1_700_000_000, model };
}

function message(answer: ModelAnswer, id: string): Body {
  if (answer.kind === 'text') return { role: 'assistant', content: answer.text };
  if (answer.kind === 'refusal') return { role: 'assistant', content: null, refusal: answer.text };
  const called = { name: answer.name, arguments: JSON.stringify(answer.input) };
  return {
    role: 'assistant',
    content: null,
    tool_calls: [{ index: 0, id: `call_${id}`, type: 'function', function: called }],
  };
}

function finish({ kind }: ModelAnswer): string {
  return { call: 'tool_calls', text: 'stop', refusal: 'content_filter' }[kind];
}

function tokens({ input, cached, output }: ModelUsage) {
  return {
    prompt_tokens: input,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: output,
    total_tokens: input + output,
  };
}

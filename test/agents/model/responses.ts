import type { ModelAnswer, ModelUsage, OfferedTool } from './model-turn.ts';
import { openAiError } from './open-ai-error.ts';
import { sse } from './sse.ts';
import type { Body, Wire } from './wire.ts';

/** OpenAI Responses: codex, and opencode's OpenAI provider. */
export const responses: Wire = {
  name: 'responses',
  read: (path, body) =>
    path.endsWith('/responses')
      ? {
          model: String(body.model),
          stream: body.stream === true,
          tools: [...(body.tools ?? []), ...toolsAmong(body.input)].flatMap((tool: Body) =>
            offered(tool, null),
          ),
          last: JSON.stringify(Array.isArray(body.input) ? body.input.at(-1) : body.input),
          schema: body.text?.format?.schema ?? null,
        }
      : null,
  answer: (answer, usage, id, model) => completed(answer, usage, id, model),
  events: (answer, usage, id, model) => {
    const named = (type: string, data: object) => sse({ type, ...data }, type);
    const item = itemOf(answer, id);
    const begun = { ...completed(answer, usage, id, model), status: 'in_progress', output: [], usage: null };
    const at = { item_id: item.id, output_index: 0 };
    return [
      named('response.created', { response: begun }),
      named('response.output_item.added', { output_index: 0, item: emptied(item) }),
      ...delta(item).map(([type, data]) => named(type, { ...at, ...data })),
      named('response.output_item.done', { output_index: 0, item }),
      named('response.completed', { response: completed(answer, usage, id, model) }),
    ];
  },
  error: openAiError,
};

/** Newer models are given their tools as a part of the conversation. */
function toolsAmong(input: Body): Body[] {
  if (!Array.isArray(input)) return [];
  return input.filter((item) => item.type === 'additional_tools').flatMap((item) => item.tools ?? []);
}

function offered(tool: Body, namespace: string | null): OfferedTool[] {
  if (tool.type === 'namespace')
    return (tool.tools ?? []).flatMap((inner: Body) => offered(inner, tool.name));
  if (tool.name === undefined) return [];
  return [{ name: tool.name, schema: tool.parameters ?? {}, freeform: tool.type === 'custom', namespace }];
}

function completed(answer: ModelAnswer, usage: ModelUsage, id: string, model: string) {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    model,
    output: [itemOf(answer, id)],
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.input + usage.output,
    },
  };
}

function itemOf(answer: ModelAnswer, id: string): Body {
  if (answer.kind !== 'call') {
    const part =
      answer.kind === 'text'
        ? { type: 'output_text', text: answer.text, annotations: [] }
        : { type: 'refusal', refusal: answer.text };
    return { type: 'message', id: `msg_${id}`, role: 'assistant', status: 'completed', content: [part] };
  }
  const { name, namespace = null } = answer;
  const call = {
    ...{ id: `fc_${id}`, call_id: `call_${id}`, name, status: 'completed' },
    ...(namespace === null ? {} : { namespace }),
  };
  if (answer.freeform) return { ...call, type: 'custom_tool_call', input: String(answer.input) };
  return { ...call, type: 'function_call', arguments: JSON.stringify(answer.input) };
}

function emptied(item: Body): Body {
  const empty = {
    message: { content: [] },
    function_call: { arguments: '' },
    custom_tool_call: { input: '' },
  };
  return { ...item, status: 'in_progress', ...empty[item.type as keyof typeof empty] };
}

function delta(item: Body): [string, object][] {
  if (item.type === 'function_call')
    return [
      ['response.function_call_arguments.delta', { delta: item.arguments }],
      ['response.function_call_arguments.done', { arguments: item.arguments }],
    ];
  if (item.type === 'custom_tool_call')
    return [['response.custom_tool_call_input.delta', { delta: item.input }]];
  const [part] = item.content;
  const refused = part.type === 'refusal';
  const [kind, text] = refused ? ['refusal', part.refusal] : ['output_text', part.text];
  return [
    [
      'response.content_part.added',
      { content_index: 0, part: refused ? { ...part, refusal: '' } : { ...part, text: '' } },
    ],
    [`response.${kind}.delta`, { content_index: 0, delta: text }],
    [`response.${kind}.done`, { content_index: 0, [refused ? 'refusal' : 'text']: text }],
    ['response.content_part.done', { content_index: 0, part }],
  ];
}

import type { JsonSchema, ModelAnswer, ModelTurn, OfferedTool } from './model-turn.ts';

/** Names that clients give to their shell, the ones that must run a command to its end first. */
const SHELLS = ['Bash', 'bash', 'run_shell_command', 'shell_command', 'exec_command', 'shell', 'exec'];
const WRITERS = ['Write', 'write', 'write_file'];
const PATCHERS = ['apply_patch'];

/** Whether a request is the agent's own work: titles and routes are asked for without tools. */
export function isWork(tools: readonly OfferedTool[]): boolean {
  return named(tools, [...SHELLS, ...WRITERS, ...PATCHERS]) !== null;
}

/** The tool among those offered that runs a command. */
function shellTool(tools: readonly OfferedTool[]): OfferedTool | null {
  return named(tools, SHELLS);
}

/** A turn of the model in the client's own tool names. `folder` is where the client works. */
export function answerOf(turn: ModelTurn, tools: readonly OfferedTool[], folder: string): ModelAnswer {
  if ('say' in turn) return { kind: 'text', text: turn.say };
  if ('tool' in turn) return { kind: 'call', name: turn.tool, input: turn.input, freeform: false };
  if ('shell' in turn) return shellCall(turn.shell, tools);
  return writeCall(turn, tools, folder);
}

function shellCall(command: string, tools: readonly OfferedTool[]): ModelAnswer {
  const tool = shellTool(tools);
  if (tool === null) throw new Error(`no shell among ${tools.map(({ name }) => name).join(', ')}`);
  // codex's tool of tools: a program that calls them.
  if (tool.freeform)
    return program(
      tool,
      `text((await tools.exec_command(${JSON.stringify({ cmd: command, login: false })})).output);`,
    );
  const properties = tool.schema.properties ?? {};
  const key = 'cmd' in properties ? 'cmd' : 'command';
  const asList = properties[key]?.type === 'array';
  return call(tool, { [key]: asList ? ['bash', '-lc', command] : command });
}

function writeCall(
  turn: Extract<ModelTurn, { write: string }>,
  tools: readonly OfferedTool[],
  folder: string,
): ModelAnswer {
  const path = turn.write.startsWith('/') ? turn.write : `${folder}/${turn.write}`;
  const writer = named(tools, WRITERS);
  if (writer !== null) {
    const keys = Object.keys(writer.schema.properties ?? {});
    const pathKey = keys.find((key) => /path/i.test(key)) ?? 'file_path';
    return call(writer, { [pathKey]: path, content: turn.text });
  }
  const shell = shellTool(tools);
  if (shell?.freeform)
    return program(shell, `text(await tools.apply_patch(${JSON.stringify(patchOf(turn))}));`);
  const patcher = named(tools, PATCHERS);
  if (patcher !== null) {
    const patch = patchOf(turn);
    if (patcher.freeform) return { kind: 'call', name: patcher.name, input: patch, freeform: true };
    const key = Object.keys(patcher.schema.properties ?? { input: {} })[0] ?? 'input';
    return call(patcher, { [key]: patch });
  }
  const text = Buffer.from(turn.text).toString('base64');
  return shellCall(
    `mkdir -p "$(dirname '${turn.write}')" && echo ${text} | base64 -d > '${turn.write}'`,
    tools,
  );
}

function program(tool: OfferedTool, input: string): ModelAnswer {
  return { kind: 'call', name: tool.name, input, freeform: true, namespace: tool.namespace ?? null };
}

function patchOf({ write, text }: Extract<ModelTurn, { write: string }>): string {
  const added = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `+${line}`);
  return ['*** Begin Patch', `*** Add File: ${write}`, ...added, '*** End Patch', ''].join('\n');
}

/** With something for every key that the client insists on. */
function call(tool: OfferedTool, input: Record<string, unknown>): ModelAnswer {
  const filled = { ...input };
  for (const key of tool.schema.required ?? [])
    if (!(key in filled)) filled[key] = minimalJson(tool.schema.properties?.[key] ?? {});
  return { kind: 'call', name: tool.name, input: filled, freeform: false };
}

/** The least that a schema accepts. */
export function minimalJson(schema: JsonSchema): unknown {
  // Who speaks next is asked by gemini: the person.
  if (schema.enum !== undefined) return schema.enum.includes('user') ? 'user' : schema.enum[0];
  const type = String(Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? 'string')).toLowerCase();
  if (type === 'object') {
    const entries = Object.entries(schema.properties ?? {}).filter(
      ([key]) => schema.required?.includes(key) ?? true,
    );
    return Object.fromEntries(entries.map(([key, value]) => [key, minimalJson(value)]));
  }
  if (type === 'array') return [];
  if (type === 'boolean') return false;
  return type === 'number' || type === 'integer' ? 1 : 'as scripted';
}

function named(tools: readonly OfferedTool[], names: readonly string[]): OfferedTool | null {
  for (const name of names) {
    const found = tools.find((tool) => tool.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

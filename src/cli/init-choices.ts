import { RotaError } from '../errors.ts';
import { closestName } from '../role/closest-name.ts';
import { KNOWN_AGENTS } from '../role/known-agents.ts';
import type { ProjectChoices } from '../role/templates/rota-yaml.ts';
import type { InitStart } from '../run/init/prepare-init.ts';
import type { Ask } from './ask.ts';
import type { Options } from './command-spec.ts';
import { manyOption, textOption } from './options.ts';
import { splitWords } from './text/split-words.ts';

type Agent = ProjectChoices['agent'];

const OTHER = 'other';
const NONE = 'none';

/** What rota.yaml will say: the options first, then answers (on a terminal), then what was found. */
export async function chooseProject(
  start: InitStart,
  options: Options,
  ask: Ask | null,
): Promise<ProjectChoices> {
  const { branch, detected, context } = start;
  return {
    branch,
    gate: await chooseGate(start, manyOption(options, 'gate'), ask),
    setup: detected.setup,
    copy: detected.copy,
    proof: detected.proof,
    context,
    agent: await chooseAgent(start, textOption(options, 'agent'), ask),
    prefix: readPrefix(textOption(options, 'prefix') ?? start.prefix ?? 'A'),
  };
}

async function chooseGate(
  { detected }: InitStart,
  given: readonly string[],
  ask: Ask | null,
): Promise<ProjectChoices['gate']> {
  if (given.some((command) => command.trim() === NONE)) {
    if (given.length === 1) return NONE;
    throw new RotaError('usage', '--gate none stands alone.', 'Leave it out, or leave out the other gates.');
  }
  if (given.length > 0) return given;
  if (ask === null) return detected.gate;
  if (detected.gate.length > 0) {
    const commands = detected.gate.map((command) => `    ${command}`).join('\n');
    if (await ask.yes(`Nothing lands unless all of these pass. Is that right?\n${commands}`, true))
      return detected.gate;
  }
  const answer = await ask.text(
    'Which command must pass before anything lands? (none: no check at all)',
    '',
    (text) => (text.trim() === '' ? 'A command, for example npm test, or none' : null),
  );
  return answer.trim() === NONE ? NONE : [answer.trim()];
}

async function chooseAgent({ detected }: InitStart, given: string | null, ask: Ask | null): Promise<Agent> {
  if (given !== null) return namedAgent(given);
  const [first] = detected.agents;
  if (ask === null) return first ?? null;
  const answer = await ask.choice('Which agent does the work?', [
    ...detected.agents.map(({ name }) => ({ value: name, label: name })),
    { value: OTHER, label: 'another command' },
    { value: NONE, label: 'none yet' },
  ]);
  if (answer === NONE) return null;
  if (answer !== OTHER) return namedAgent(answer);
  return namedAgent(
    await ask.text('Its command line (the prompt comes on stdin):', '', (text) =>
      text.trim() === '' ? 'A command' : null,
    ),
  );
}

/** A client that rota knows, or any command line with the prompt on stdin. */
function namedAgent(text: string): Agent {
  const known = KNOWN_AGENTS.find(({ name }) => name === text.trim());
  if (known !== undefined) return known;
  const command = splitWords(text);
  const [program = ''] = command;
  if (command.length > 1 || program.includes('/'))
    return { name: 'mine', agent: { kind: 'command', command, prompt: 'stdin' } };
  const names = KNOWN_AGENTS.map(({ name }) => name);
  const nearest = closestName(program, names);
  const hint = `${nearest === null ? '' : `Did you mean ${nearest}? `}Known are ${names.join(', ')}; or give a command line: --agent "node tools/agent.mjs"`;
  throw new RotaError('usage', `--agent ${text} is not known.`, hint);
}

function readPrefix(text: string): string {
  if (/^[A-Z](?:[A-Z0-9]{0,14}[A-Z])?-?$/.test(text)) return text;
  throw new RotaError(
    'usage',
    `--prefix ${text} cannot begin an id.`,
    'Capital letters, for example A or SHOP-.',
  );
}

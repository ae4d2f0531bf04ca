import { Command, CommanderError, Option } from 'commander';
import { RotaError } from '../errors.ts';
import type { Cli } from './cli.ts';
import type { CommandSpec, Options } from './command-spec.ts';
import type { Output } from './output.ts';
import { readingCommands } from './reading-commands.ts';
import { workingCommands } from './working-commands.ts';

export interface ProgramParts {
  readonly version: string;
  readonly output: Output;
  readonly makeCli: (
    output: Output,
    version: string,
    folder: string | undefined,
    looks: boolean,
  ) => Promise<Cli>;
}

const INTRO =
  'Roles take tasks from backlog/, work in their own worktree and branch, and land on main only when the gate is green on the exact tree that lands.';

const OUTRO = `
Begin with: rota init, rota check, rota run developer
Exit codes: 0 done, 1 not done (see the reason), 2 wrong input, 3 surroundings
            failed, 130 and 143 interrupted`;

/**
 * Parses a command line and runs its command; only that command's code is loaded. Returns the exit code.
 *
 * @throws RotaError `usage` for a wrong command line, and whatever the command throws
 */
export async function runProgram(args: readonly string[], parts: ProgramParts): Promise<number> {
  const named = new Set(args);
  const some = (spec: CommandSpec) => named.has(spec.name);
  const quick = ![...named].some((arg) => HELP.has(arg)) && COMMANDS.some(({ spec }) => some(spec));
  // Declaring all of them takes longer than some commands; a wrong name is looked up among all.
  const code = quick ? await parse(args, parts, some) : 'unknown';
  return code === 'unknown' ? ((await parse(args, parts, () => true)) as number) : code;
}

const HELP: ReadonlySet<string> = new Set(['help', '-h', '--help']);
const COMMANDS = [
  ...readingCommands.map((spec) => ({ spec, looks: true })),
  ...workingCommands.map((spec) => ({ spec, looks: false })),
];

async function parse(
  args: readonly string[],
  parts: ProgramParts,
  wanted: (spec: CommandSpec) => boolean,
): Promise<number | 'unknown'> {
  let code = 0;
  const program = declareProgram(parts, wanted, (exit) => {
    code = exit;
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.unknownCommand' && COMMANDS.some(({ spec }) => !wanted(spec)))
      return 'unknown';
    throw usageError(error, args);
  }
  return code;
}

function declareProgram(
  parts: ProgramParts,
  wanted: (spec: CommandSpec) => boolean,
  done: (code: number) => void,
): Command {
  const { output } = parts;
  const program = new Command('rota')
    .description(INTRO)
    .usage('<command> [options]')
    .version(parts.version, '-V, --version', 'Print the version.')
    .option('-C <folder>', 'Work as if started in this folder.')
    .option('--json', 'Print one JSON document on stdout, everything else on stderr.')
    .helpOption('-h, --help', 'Print help for a command.')
    .helpCommand('help [command]', 'Print help for a command.')
    .addHelpText('after', OUTRO)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(output.width, 80) })
    .configureOutput({ writeOut: (text) => output.line(text.trimEnd()), writeErr: () => undefined });
  const declare = (spec: CommandSpec, looks: boolean) =>
    declareCommand(program, spec, async (given, options) => {
      const [action, cli] = await Promise.all([
        spec.load(),
        parts.makeCli(output, parts.version, program.opts<{ C?: string }>().C, looks),
      ]);
      done(await action(cli, given, options));
    });
  for (const { spec, looks } of COMMANDS) {
    if (spec === COMMANDS[0]?.spec) program.commandsGroup('Look:');
    if (spec === workingCommands[0]) program.commandsGroup('Work:');
    if (wanted(spec)) declare(spec, looks);
  }
  return program;
}

function declareCommand(
  program: Command,
  spec: CommandSpec,
  act: (args: string[], options: Options) => Promise<void>,
): void {
  const command = program
    .command(`${spec.name} ${spec.args ?? ''}`.trim(), { hidden: spec.hidden ?? false })
    .summary(spec.summary)
    .description(`${spec.summary}${spec.details === undefined ? '' : `\n\n${spec.details}`}`)
    .allowExcessArguments(false)
    .addHelpText('after', examplesText(spec))
    .action(() => act(command.args, command.opts()));
  for (const [flags, description] of spec.options ?? []) command.addOption(declareOption(flags, description));
}

/** An option with a value may be given several times; what takes one value uses the last. */
function declareOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  if (!/<.*>/.test(flags)) return option;
  return option.argParser((value, earlier: unknown) => [...(Array.isArray(earlier) ? earlier : []), value]);
}

function examplesText(spec: CommandSpec): string {
  if (spec.examples.length === 0) return '';
  const width = Math.max(...spec.examples.map(([line]) => line.length));
  const lines = spec.examples.map(([line, meaning]) =>
    width + meaning.length <= 74 ? `  ${line.padEnd(width)}  ${meaning}` : `  ${line}\n      ${meaning}`,
  );
  return `\nExamples:\n${lines.join('\n')}`;
}

/** Commander's sentence, with its suggestion as the hint. */
function usageError(error: CommanderError, args: readonly string[]): RotaError {
  if (error.code === 'commander.help')
    return new RotaError('usage', 'Which command?', 'rota --help lists them.');
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const nearest = /Did you mean (?:one of )?(.+)\?\)/.exec(more.join(' '))?.[1];
  const command = args.find((arg) => COMMANDS.some(({ spec }) => spec.name === arg));
  const help =
    command === undefined || error.code === 'commander.unknownCommand'
      ? 'rota --help'
      : `rota ${command} --help`;
  const hint = nearest === undefined ? `See ${help}.` : `Did you mean ${nearest}? See ${help}.`;
  return new RotaError('usage', `${first.replace(/\.$/, '')}.`, hint);
}

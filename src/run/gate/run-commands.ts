import { join } from 'node:path';
import type { GateCommand } from '../../config.ts';
import type { System } from '../../system/ports.ts';
import type { GateCheck } from './gate-report.ts';
import { type CommandEnd, commandInWords, runCommand } from './run-command.ts';

export interface RunCommandsInput {
  readonly commands: readonly GateCommand[];
  readonly folder: string;
  /** The environment of one command, by the variables that it names. */
  environment(named: readonly string[]): Readonly<Record<string, string>>;
  readonly run: string;
  /** Output goes to `gate-<turn>-<n>.log` there. */
  readonly runFolder: string;
  readonly turn: number;
  readonly stop: AbortSignal;
  onCheck(check: GateCheck, end: CommandEnd): void;
}

export interface CommandsEnd {
  /** Null: every command passed. */
  readonly failure: string | null;
  readonly interrupted: boolean;
}

/** Runs the gate's commands in order, up to the first that fails. */
export async function runCommands(system: System, input: RunCommandsInput): Promise<CommandsEnd> {
  for (const [n, command] of input.commands.entries()) {
    const outputFile = join(input.runFolder, `gate-${input.turn}-${n + 1}.log`);
    const end = await runCommand(system, {
      command: command.run,
      cwd: input.folder,
      env: input.environment(command.env),
      run: input.run,
      timeLimit: command.timeLimit,
      outputFile,
      stop: input.stop,
    });
    if (end.kind === 'interrupted') return { failure: null, interrupted: true };
    const name = commandInWords(command.run);
    const check = checkOf(name, end);
    input.onCheck(check, end);
    if (!check.passed) return { failure: failureText('gate command', name, end), interrupted: false };
  }
  return { failure: null, interrupted: false };
}

export function checkOf(name: string, end: CommandEnd): GateCheck {
  const passed = end.kind === 'passed';
  return { name, passed, seconds: end.seconds, tests: null, detail: passed ? null : end.how };
}

/** What the agent gets to see of a command that failed. */
export function failureText(
  what: string,
  name: string,
  end: { readonly how: string; readonly tail: string },
): string {
  const output = end.tail.trim() === '' ? 'It wrote nothing.' : `The end of its output:\n${end.tail}`;
  return `The ${what} failed: ${name}\nHow: ${end.how}\n${output}`;
}

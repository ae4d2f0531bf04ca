import type { Command } from '../../config.ts';
import type { Wrap } from '../../isolate/none.ts';
import type { System } from '../../system/ports.ts';
import { type CommandEnd, commandInWords, runCommand } from './run-command.ts';

export interface SetupInput {
  readonly commands: readonly Command[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** What isolates its commands. */
  readonly wrap: Wrap;
  readonly run: string;
  readonly stop: AbortSignal;
  /** Output of the n-th command. */
  outputFile(n: number): string;
  /** Called when a command has ended. */
  onEnd?(name: string, end: CommandEnd): void;
}

export type SetupEnd =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'failed';
      readonly command: string;
      readonly how: string;
      readonly tail: string;
      readonly errors: readonly string[];
    }
  | { readonly kind: 'interrupted' };

/** Installing dependencies over a slow line takes its time. Milliseconds. */
const TIME_LIMIT = 30 * 60_000;

/** Runs rota.yaml's setup commands in a folder, in order, until one fails. */
export async function runSetup(system: System, input: SetupInput): Promise<SetupEnd> {
  for (const [n, command] of input.commands.entries()) {
    const end = await runCommand(system, {
      command,
      cwd: input.folder,
      env: input.env,
      wrap: input.wrap,
      run: input.run,
      timeLimit: TIME_LIMIT,
      outputFile: input.outputFile(n + 1),
      stop: input.stop,
    });
    if (end.kind === 'interrupted') return { kind: 'interrupted' };
    input.onEnd?.(commandInWords(command), end);
    if (end.kind === 'failed')
      return {
        kind: 'failed',
        command: commandInWords(command),
        how: end.how,
        tail: end.tail,
        errors: end.errors,
      };
  }
  return { kind: 'ready' };
}

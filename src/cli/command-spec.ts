import type { Cli } from './cli.ts';

/** Values of the command line's options, by their camel-cased names; read with options.ts. */
export type Options = Readonly<Record<string, unknown>>;

/** Runs one command: parse, call, render. Returns the exit code; expected failures are thrown as RotaError. */
export type Action = (cli: Cli, args: readonly string[], options: Options) => Promise<number>;

/** One command as declared: everything but what it does, which is loaded when it is called. */
export interface CommandSpec {
  readonly name: string;
  /** Commander's notation: `<role> [ID]`. */
  readonly args?: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More, for the command's own help. Lines of at most 80 columns. */
  readonly details?: string;
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** Command lines that work as they stand. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  readonly hidden?: boolean;
  readonly load: () => Promise<Action>;
}

import { confirm, isCancel, select, text } from '@clack/prompts';
import { RotaError } from '../errors.ts';

/** Questions to a person on a terminal, on @clack/prompts. Loaded only when there is something to ask. */
export interface Ask {
  yes(message: string, otherwise: boolean): Promise<boolean>;
  /** `check` returns what is wrong with the answer, or null. */
  text(message: string, proposal: string, check?: (answer: string) => string | null): Promise<string>;
  choice<T extends string>(message: string, options: readonly { value: T; label: string }[]): Promise<T>;
}

/** Asks on stderr, so that stdout stays for results. Ctrl-C is RotaError `usage`: nothing has been written by then. */
export function makeAsk(): Ask {
  const output = process.stderr;
  return {
    yes: async (message, otherwise) => answered(await confirm({ message, initialValue: otherwise, output })),
    text: async (message, proposal, check) =>
      answered(
        await text({
          message,
          initialValue: proposal,
          output,
          validate: (answer) => check?.(answer ?? '') ?? undefined,
        }),
      ),
    choice: async (message, options) =>
      answered(
        await select<string>({
          message,
          options: options.map(({ value, label }) => ({ value, label })),
          output,
        }),
      ) as (typeof options)[number]['value'],
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new RotaError('usage', 'Nothing was done.');
  return answer as Exclude<T, symbol>;
}

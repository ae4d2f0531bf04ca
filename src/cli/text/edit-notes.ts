import type { EditedMain } from '../../run/backlog/edit-main.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';

/** Says what else happened while main moved: files of a person's that were left alone. With pull requests: what to propose. */
export function noteEdit(
  cli: Cli,
  { named, written = [] }: Pick<EditedMain<unknown>, 'named'> & Partial<Pick<EditedMain<unknown>, 'written'>>,
): void {
  for (const sentence of named) cli.output.note(plainText(sentence));
  for (const { file, command } of written)
    cli.output.note(
      `${plainText(file)} is written in this folder. Workers read main: propose it, and it counts once it is merged.\n  ${plainText(command)}`,
    );
}

/** Nothing was changed: it was like that already. */
export function isAsBefore({ commit, written }: EditedMain<unknown>): boolean {
  return commit === null && written.length === 0;
}

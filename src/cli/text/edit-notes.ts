import type { EditedMain } from '../../run/backlog/edit-main.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';

/** Says what else happened while main moved: files of a person's that were left alone. */
export function noteEdit(cli: Cli, { named }: Pick<EditedMain<unknown>, 'named'>): void {
  for (const sentence of named) cli.output.note(plainText(sentence));
}

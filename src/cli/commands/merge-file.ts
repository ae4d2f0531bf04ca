import { resolve } from 'node:path';
import { mergeTaskFiles } from '../../task/merge.ts';
import { plainText } from '../../task/text.ts';
import type { Action } from '../command-spec.ts';

/**
 * `rota merge-file BASE OURS THEIRS [PATH]`: git's merge driver for task files (gitattributes(5), "Defining a custom merge
 * driver"). The result replaces OURS; exit 1 leaves a conflict for the person.
 */
export const mergeFile: Action = async (cli, [base = '', ours = '', theirs = '', path], _options) => {
  const { files } = cli.system;
  const read = async (file: string) => (await files.read(resolve(cli.folder, file))).toString('utf8');
  const [baseText, oursText, theirsText] = await Promise.all([read(base), read(ours), read(theirs)]);
  // Git gives an empty base when both sides added the file.
  const merge = mergeTaskFiles({
    base: baseText === '' ? null : baseText,
    ours: oursText,
    theirs: theirsText,
  });
  await files.write(resolve(cli.folder, ours), merge.text);
  if (merge.kind === 'merged') return 0;
  for (const conflict of merge.conflicts)
    cli.output.note(`${plainText(path ?? ours)}: ${plainText(conflict)}`);
  return 1;
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusFile } from './corpus-file.ts';
import { malformed } from './malformed.ts';
import { malicious } from './malicious.ts';
import { odd } from './odd.ts';

/** Where the files are, each class in a folder of its name. */
export const corpusFolder = import.meta.dirname;

/** The hostile backlog by class. */
export const CORPUS: readonly { readonly name: string; readonly files: readonly CorpusFile[] }[] = [
  { name: 'malformed', files: malformed },
  { name: 'malicious', files: malicious },
  { name: 'odd', files: odd },
];

/** A file's bytes as they are in git. */
export function corpusBytes(className: string, file: CorpusFile): Buffer {
  return readFileSync(join(corpusFolder, className, file.name));
}

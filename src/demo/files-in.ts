/** A file that a markdown document holds. */
export interface EmbeddedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

const FILE = /^### `([^`\n]+)`\n\n```\w*\n(.*?)^```$/gms;

/**
 * The files of a document in which each stands under a heading with its path, in a fenced block: a whole small repository
 * can then be read, and edited, as what it is.
 */
export function filesIn(document: string): EmbeddedFile[] {
  return [...document.matchAll(FILE)].map(([, path, text]) => ({ path: path!, text: text! }));
}

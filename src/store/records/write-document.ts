import type { System } from '../../system/ports.ts';
import type { Identity } from '../identity.ts';
import { makeCommits } from '../make-commit.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';

export interface NewDocument {
  /** Name of the one file in the commit's tree. */
  readonly name: string;
  readonly text: string;
  readonly parents: readonly string[];
  readonly message: string;
}

interface DocumentPlace {
  readonly system: System;
  readonly repository: Repository;
  readonly neutral: Neutral;
  readonly identity: Identity;
}

/** The tree without entries, which git knows without storing it. */
const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/**
 * Writes a commit with one file for a ref of rota's. A commit and not a blob: its parents keep alive what it is about.
 *
 * @returns the object id of the commit
 */
export async function writeDocument(at: DocumentPlace, document: NewDocument): Promise<string> {
  return (await writeDocuments(at, [document]))[0]!;
}

/** As writeDocument, for any number with one process: all of them or none. */
export function writeDocuments(at: DocumentPlace, documents: readonly NewDocument[]): Promise<string[]> {
  const commits = documents.map(({ name, text, parents, message }) => ({
    tree: EMPTY_TREE[at.repository.objectFormat],
    parents: [...new Set(parents)],
    changes: [{ path: name, content: text }],
    message,
    identity: at.identity,
  }));
  return makeCommits(at.system, at.neutral.place, commits);
}

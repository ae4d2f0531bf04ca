import type { ConflictedFile, FileVersion } from './conflict-material.ts';

/** What met in one file, in words: who has it, and what markers in a text cannot show. */
export function conflictWords({ base, branch, main }: ConflictedFile): string {
  const words = [whoHasIt(base, branch, main), ...whatItIs(base, branch, main)];
  return words.join('; ');
}

type Version = FileVersion | null;

function whoHasIt(base: Version, branch: Version, main: Version): string {
  if (base === null) {
    if (branch !== null && main !== null) return 'both sides added it, each in its own way';
    if (branch !== null) return 'only this branch has it under this name';
    return main === null ? 'neither side has it any more' : 'only main has it under this name';
  }
  if (branch !== null && main !== null) return 'both sides changed it';
  if (branch !== null) return 'this branch changed it, and main deleted or moved it';
  if (main !== null) return 'main changed it, and this branch deleted or moved it';
  return 'both sides moved it away, or one moved what the other deleted';
}

function whatItIs(base: Version, branch: Version, main: Version): string[] {
  const there = [branch, main].filter((version) => version !== null);
  const words: string[] = [];
  if (new Set(there.map(({ kind }) => kind)).size > 1) {
    words.push(`on this branch it is ${KINDS[branch!.kind]}, on main ${KINDS[main!.kind]}`);
  } else if (there.length > 0 && base !== null && base.kind !== there[0]!.kind) {
    words.push(`it was ${KINDS[base.kind]}, and is ${KINDS[there[0]!.kind]} now`);
  } else if (there.some(({ kind }) => kind === 'link' || kind === 'submodule')) {
    words.push(`it is ${KINDS[there[0]!.kind]}`);
  }
  if (there.some(({ binary }) => binary))
    words.push('binary: there are no markers, one version must be chosen or the file be made anew');
  return words;
}

const KINDS = {
  file: 'a plain file',
  program: 'an executable file',
  link: 'a symbolic link',
  submodule: 'a submodule',
} as const;

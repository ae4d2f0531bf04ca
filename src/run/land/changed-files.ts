import type { ChangedFile } from '../../plan/changed-file.ts';
import type { Project } from '../project/project.ts';
import { binaryOf, readBlobs, textOf } from './read-blobs.ts';

/** Git counts no lines in larger files: what their contents could cost is nobody's to choose. */
const COUNTED = '8m';

/** Every path that differs between two commits, with the texts and figures that the contract looks at. */
export async function readChangedFiles(project: Project, from: string, to: string): Promise<ChangedFile[]> {
  const { git } = project.system;
  const diff = ['diff-tree', '-r', '-z', '--no-abbrev', '-M', '-l400'];
  const count = ['-c', `core.bigFileThreshold=${COUNTED}`, ...diff, '--no-ext-diff', '--no-textconv'];
  const [raw, counts] = await Promise.all([
    git.text(project.neutral.place, [...diff, '--raw', from, to]),
    git.text(project.neutral.place, [...count, '--numstat', from, to]),
  ]);
  const entries = parseRaw(raw);
  const lines = parseCounts(counts);
  const blobs = await readBlobs(
    project,
    entries.flatMap(({ oldId, newId }) => [oldId, newId]),
  );
  return entries.map(({ oldId, newId, ...entry }) => {
    const [before, after] = [blobs.get(oldId ?? ''), blobs.get(newId ?? '')];
    const [added, removed] = lines.get(entry.path) ?? [null, null];
    return {
      ...entry,
      oldText: textOf(before),
      newText: textOf(after),
      newBinary: binaryOf(after),
      oldSize: before?.size ?? null,
      newSize: after?.size ?? null,
      added,
      removed,
      unread: after !== undefined && after.bytes === null,
    };
  });
}

type RawEntry = Pick<ChangedFile, 'path' | 'status' | 'from' | 'oldMode' | 'newMode'> & {
  /** Blob ids; null for a missing side and for submodules, which have no blob here. */
  readonly oldId: string | null;
  readonly newId: string | null;
};

function parseRaw(text: string): RawEntry[] {
  const parts = text.split('\0');
  const entries: RawEntry[] = [];
  for (let at = 0; at < parts.length; ) {
    const head = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(parts[at] ?? '');
    if (head === null) break;
    const [, oldMode, newMode, oldId, newId, letter] = head as unknown as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const moved = letter === 'R' || letter === 'C';
    entries.push({
      path: parts[at + (moved ? 2 : 1)]!,
      from: letter === 'R' ? parts[at + 1]! : null,
      status:
        letter === 'A' || letter === 'C'
          ? 'added'
          : letter === 'D'
            ? 'deleted'
            : letter === 'R'
              ? 'renamed'
              : 'modified',
      oldMode: /^0+$/.test(oldMode) ? null : oldMode,
      newMode: /^0+$/.test(newMode) ? null : newMode,
      oldId: blobId(oldMode, oldId),
      newId: blobId(newMode, newId),
    });
    at += moved ? 3 : 2;
  }
  return entries;
}

/** By path, for a renamed file the new one; git counts no lines of binary files. */
function parseCounts(text: string): Map<string, [added: number, removed: number]> {
  const parts = text.split('\0');
  const counts = new Map<string, [number, number]>();
  for (let at = 0; at < parts.length; at++) {
    const match = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(parts[at] ?? '');
    if (match === null) continue;
    const [, added, removed, path] = match;
    // A renamed file: no path here, and both follow.
    if (path === '') at += 2;
    if (added !== '-') counts.set(path || (parts[at] ?? ''), [Number(added), Number(removed)]);
  }
  return counts;
}

function blobId(mode: string, id: string): string | null {
  return /^0+$/.test(id) || mode === '160000' ? null : id;
}

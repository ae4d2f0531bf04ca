import type { ChangedFile } from '../../plan/changed-file.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import type { Project } from '../project/project.ts';

/** Larger files are not looked into for markers and secrets. */
const LOOKED_INTO = 1024 * 1024;

/** Every path that differs between two commits, with the texts that the contract looks at. */
export async function readChangedFiles(project: Project, from: string, to: string): Promise<ChangedFile[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '-M', '-l400', from, to];
  const entries = parseRaw(await project.system.git.text(project.neutral.place, args));
  const blobs = await readSmallBlobs(project, [
    ...new Set(entries.flatMap(({ oldId, newId }) => [oldId, newId])),
  ]);
  const textOf = (id: string | null): string | null => {
    const bytes = blobs.get(id) ?? null;
    return bytes === null || bytes.includes(0) ? null : bytes.toString('utf8');
  };
  return entries.map(({ oldId, newId, ...entry }) => ({
    ...entry,
    oldText: textOf(oldId),
    newText: textOf(newId),
  }));
}

async function readSmallBlobs(
  project: Project,
  wanted: readonly (string | null)[],
): Promise<Map<string | null, Buffer | null>> {
  const { system, repository } = project;
  const ids = wanted.filter((id) => id !== null);
  const known = await system.git.objects(repository.place, 'info', ids);
  const small = ids.filter((_, index) => (known[index]?.size ?? 0) <= LOOKED_INTO);
  const read = await readObjects(system, repository.place, small);
  return new Map(small.map((id, index) => [id, read[index] ?? null]));
}

interface RawEntry extends Omit<ChangedFile, 'oldText' | 'newText'> {
  /** Blob ids; null for a missing side and for submodules, which have no blob here. */
  readonly oldId: string | null;
  readonly newId: string | null;
}

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

function blobId(mode: string, id: string): string | null {
  return /^0+$/.test(id) || mode === '160000' ? null : id;
}

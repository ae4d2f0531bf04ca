import { readObjects } from '../../store/backlog/read-objects.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from './project.ts';

const MOST_NAMED = 5;

/**
 * What this repository has that worktrees and gates of rota's are made without, one sentence each: submodules stay empty
 * folders, and files behind a filter (git-lfs and the like) stay as they are stored, because no filter of anybody's runs.
 */
export async function readRepositoryLimits(
  { system, repository }: Pick<Project, 'system' | 'repository'>,
  commit: string,
): Promise<string[]> {
  const names = [`${commit}:.gitmodules`, `${commit}:.gitattributes`];
  const [modules, attributes] = await readObjects(system, repository.place, names);
  const paths = matches(modules, /^[^\S\n]*path[^\S\n]*=[^\S\n]*(.+)$/gm);
  const filters = matches(attributes, /^[^#\n]*\sfilter=(\S+)/gm);
  return [
    ...(paths.length === 0
      ? []
      : [
          `submodules (${named(paths)}) are empty folders in rota's worktrees and gates; fill them in \`setup:\``,
        ]),
    ...(filters.length === 0
      ? []
      : [
          `files with the filter ${named(filters)} are plain stored text in rota's worktrees and gates; no filter is run`,
        ]),
  ];
}

function matches(bytes: Buffer | null | undefined, pattern: RegExp): string[] {
  const found = [...(bytes?.toString('utf8') ?? '').matchAll(pattern)].map((match) =>
    plainText(match[1] ?? '').trim(),
  );
  return [...new Set(found)];
}

function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return names.slice(0, MOST_NAMED).join(', ') + more;
}

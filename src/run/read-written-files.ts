import { join } from 'node:path';
import { readFilesAt } from '../store/backlog/read-text.ts';
import type { Repository } from '../store/repository.ts';
import type { System } from '../system/ports.ts';
import type { WrittenFiles } from './check-files.ts';
import { readCheckoutFiles } from './checkout-files.ts';

/** rota.yaml, roles/*.md and backlog/ as they are in a checkout now. */
export async function readWrittenFiles(system: System, root: string): Promise<WrittenFiles> {
  const [config, roles, backlog] = await Promise.all([
    system.files.readIfThere(join(root, 'rota.yaml')),
    readCheckoutFiles(system.files, root, 'roles'),
    readCheckoutFiles(system.files, root, 'backlog'),
  ]);
  return {
    config: config ?? undefined,
    roles: new Map(roles.filter(({ file }) => isRole(file)).map(({ file, bytes }) => [file, bytes])),
    backlog: new Map(backlog.map(({ file, bytes }) => [file, bytes])),
  };
}

/** The same at a commit. */
export async function readWrittenFilesAt(
  system: System,
  repository: Repository,
  commit: string,
): Promise<WrittenFiles> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', commit, 'rota.yaml', 'roles/', 'backlog/'];
  const listed = (await system.git.run(repository.place, args)).stdout.toString('utf8');
  const entries = listed.split('\0').flatMap((line) => {
    const match = /^(\d{6}) blob [0-9a-f]+\t(.+)$/s.exec(line);
    return match === null ? [] : [{ link: match[1] === '120000', file: match[2]! }];
  });
  const wanted = entries.filter(({ file }) => file === 'rota.yaml' || isRole(file) || isBacklog(file));
  const texts = await readFilesAt(
    system,
    repository,
    commit,
    wanted.filter(({ link }) => !link).map(({ file }) => file),
  );
  const bytesOf = (entry: { file: string; link: boolean }) =>
    entry.link ? null : (texts.get(entry.file) ?? null);
  const some = (test: (file: string) => boolean) =>
    new Map(wanted.filter(({ file }) => test(file)).map((entry) => [entry.file, bytesOf(entry)]));
  return {
    config: some((file) => file === 'rota.yaml').get('rota.yaml'),
    roles: some(isRole),
    backlog: some(isBacklog),
  };
}

/** Roles are the files right in roles/; a README there is for people. */
function isRole(file: string): boolean {
  return /^roles\/[^/]+\.md$/.test(file) && !/^roles\/readme\.md$/i.test(file);
}

function isBacklog(file: string): boolean {
  return file.startsWith('backlog/') && file.endsWith('.md');
}

import { dirname, join } from 'node:path';
import { RotaError } from '../errors.ts';
import { SHIPPED_ROLES, withAgent } from '../role/shipped-roles.ts';
import type { GitPlace, System } from '../system/ports.ts';
import agent from './agent.md';
import backlog from './backlog.md';
import { type EmbeddedFile, filesIn } from './files-in.ts';
import shop from './shop.md';

/**
 * Makes the demo's repository in an empty folder: a small till with its tests, the roles that come with rota, a backlog, and
 * a scripted agent. Its identity is in the repository's own config, so it works where git knows nobody.
 *
 * @returns the paths of its files
 * @throws RotaError `in-the-way` when the folder is not empty
 */
export async function makeShop(system: System, root: string): Promise<ReadonlySet<string>> {
  if ((await system.files.list(root)).length > 0) {
    throw new RotaError('in-the-way', `${root} is not empty.`, 'Name a folder that is not there yet.');
  }
  await system.files.makeFolder(root);
  const place: GitPlace = { kind: 'checkout', gitDir: join(root, '.git'), workTree: root };
  const git = (...args: string[]) => system.git.run(place, args);
  await git('init', '-q', '--initial-branch=main', '--template=');
  await git('config', 'user.name', 'Corner Shop');
  await git('config', 'user.email', 'shop@example.invalid');
  for (const [message, files] of COMMITS) {
    for (const { path, text } of files) {
      await system.files.makeFolder(dirname(join(root, path)));
      await system.files.write(join(root, path), text);
    }
    await git('add', '-A');
    await git('commit', '-q', '-m', message);
  }
  return new Set(COMMITS.flatMap(([, files]) => files.map(({ path }) => path)));
}

const ROLES: EmbeddedFile[] = SHIPPED_ROLES.map(({ name, text }) => ({
  path: `roles/${name}.md`,
  text: withAgent(text, 'scripted'),
}));

const COMMITS: readonly (readonly [message: string, files: readonly EmbeddedFile[]])[] = [
  ['feat: a till for the corner shop', filesIn(shop)],
  ['chore: rota, its roles and a backlog', [...filesIn(agent), ...ROLES, ...filesIn(backlog)]],
];

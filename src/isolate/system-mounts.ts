import { join } from 'node:path';
import type { Files } from '../system/ports.ts';
import type { Mount } from './mount.ts';

/** Where distributions keep programs, libraries and their settings. Nothing of a person's own. */
const FOLDERS = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/opt'],
  ...['/nix/store', '/gnu/store', '/run/current-system', '/snap', '/var/lib/ca-certificates'],
];

/** The system's own folders, read-only; where one is a link to another, the link. */
export async function systemMounts(files: Files): Promise<Mount[]> {
  const found = await Promise.all(FOLDERS.map((path) => mountOf(files, path)));
  return [...found.flat(), ...(await nameServers(files))];
}

async function mountOf(files: Files, at: string): Promise<Mount[]> {
  const facts = await files.facts(at);
  if (facts?.kind === 'link') return [{ kind: 'link', at, target: await files.readLink(at) }];
  return facts?.kind === 'folder' ? [{ kind: 'read', at, from: at }] : [];
}

/** Often a link to a file that a service keeps elsewhere; without it no name can be looked up. */
async function nameServers(files: Files): Promise<Mount[]> {
  const file = await files.realPath(join('/etc', 'resolv.conf')).catch(() => null);
  return file === null || file.startsWith('/etc/') ? [] : [{ kind: 'read', at: file, from: file }];
}

import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from '../../scripts/build.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
/** What a command starts with; everything else has a hash in its name. */
const ENTRIES = ['look.cjs', 'rota.js'];

/**
 * Tests run the built command: it is bundled anew before each test run, beside the old one and renamed over it, so that another
 * test run never starts half a file.
 */
export async function setup(): Promise<void> {
  const fresh = await mkdtemp(join(ROOT, 'node_modules/.rota-dist-'));
  try {
    await build(fresh);
    await mkdir(join(ROOT, 'dist'), { recursive: true });
    const names = await readdir(fresh);
    for (const name of names.sort((a, b) => ENTRIES.indexOf(a) - ENTRIES.indexOf(b)))
      await rename(join(fresh, name), join(ROOT, 'dist', name));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

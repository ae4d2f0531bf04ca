import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles programs of this folder, so that node starts them without a loader; answers the path of each. */
export async function bundlePrograms<Name extends string>(
  folder: string,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  await build({
    entryPoints: names.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as savesRequire } from 'node:module'; const require = savesRequire(import.meta.url);",
    },
  });
  return Object.fromEntries(names.map((name) => [name, join(folder, `${name}.mjs`)])) as Record<Name, string>;
}

import { chmod, rm } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the command and the library into dist/. Code that a command does not need is split off and loaded on demand. */
export async function build() {
  await bundle({
    absWorkingDir: root,
    entryPoints: { rota: 'src/cli/main.ts', index: 'src/index.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    loader: { '.md': 'text' },
    banner: {
      // Bundled CommonJS packages call require for node's own modules.
      js: "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await chmod(`${root}/dist/rota.js`, 0o755);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (argv.includes('--clean')) await rm(`${root}/dist`, { recursive: true, force: true });
  await build();
}

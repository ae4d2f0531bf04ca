import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { argv, env, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const REQUIRE =
  "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);";

/**
 * Bundles the harness `test/<name>/main.ts` (node runs no TypeScript by itself), runs it with this command line and this
 * folder as ROTA_SOURCE, and exits.
 *
 * @param {string} name
 * @param {{ command?: boolean }} [wish] `command`: with the built command as ROTA_BUILT
 */
export async function runBundled(name, { command = false } = {}) {
  const made = await mkdtemp(join(tmpdir(), `rota-${name}-build-`));
  let status = 1;
  try {
    if (command) await build(join(made, 'dist'));
    const outdir = join(made, 'harness');
    await bundle({
      absWorkingDir: root,
      entryPoints: [`test/${name}/main.ts`],
      // Chunks: in one file esbuild leaves out what sets up a library that is also loaded later on.
      ...{ outdir, outExtension: { '.js': '.mjs' }, bundle: true, splitting: true },
      ...{ platform: 'node', target: 'node20.19', format: 'esm' },
      ...{ loader: { '.md': 'text' }, sourcemap: 'inline', banner: { js: REQUIRE }, logLevel: 'warning' },
    });
    const given = ['--enable-source-maps', join(outdir, 'main.mjs'), ...argv.slice(2)];
    const built = command ? { ROTA_BUILT: join(made, 'dist', 'rota.js') } : {};
    const child = spawn(execPath, given, { stdio: 'inherit', env: { ...env, ...built, ROTA_SOURCE: root } });
    // A terminal's Ctrl-C reaches the child by itself; what is made here is removed after its end.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    status = await new Promise((ended) => child.on('close', (code) => ended(code ?? 1)));
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  exit(status);
}

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { build } from './build.mjs';

/** Kills real processes at random and looks for what was lost: see test/torture/torture.ts and docs/reliability.md. */
const root = fileURLToPath(new URL('..', import.meta.url));
const made = await mkdtemp(join(tmpdir(), 'rota-torture-build-'));
let status = 1;
try {
  await build(join(made, 'dist'));
  await bundle({
    absWorkingDir: root,
    entryPoints: ['test/torture/main.ts'],
    outfile: join(made, 'torture.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);",
    },
  });
  const given = [join(made, 'torture.mjs'), ...argv.slice(2)];
  const variables = { ...env, ROTA_BUILT: join(made, 'dist', 'rota.js') };
  status = spawnSync(execPath, given, { stdio: 'inherit', env: variables }).status ?? 1;
} finally {
  await rm(made, { recursive: true, force: true });
}
exit(status);

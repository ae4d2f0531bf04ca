import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { build } from './build.mjs';

/** Drives the real agent clients through the built command: see test/agents/main.ts and docs/agents.md. */
const root = fileURLToPath(new URL('..', import.meta.url));
const made = await mkdtemp(join(tmpdir(), 'rota-agents-build-'));
let status = 1;
try {
  // The model server alone needs no command.
  if (!argv.includes('--serve')) await build(join(made, 'dist'));
  await bundle({
    absWorkingDir: root,
    entryPoints: ['test/agents/main.ts'],
    outfile: join(made, 'agents.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);",
    },
  });
  const given = [join(made, 'agents.mjs'), ...argv.slice(2)];
  const variables = { ...env, ROTA_BUILT: join(made, 'dist', 'rota.js'), ROTA_SOURCE: root };
  const child = spawn(execPath, given, { stdio: 'inherit', env: variables });
  // A terminal's Ctrl-C reaches the child by itself; what is made here is removed after its end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  status = await new Promise((ended) => child.on('close', (code) => ended(code ?? 1)));
} finally {
  await rm(made, { recursive: true, force: true });
}
exit(status);

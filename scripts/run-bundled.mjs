import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const REQUIRE =
  "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);";

/** Bundles the harness `test/<name>/main.ts` (node runs no TypeScript by itself), runs it with this command line, and exits. */
export async function runBundled(name) {
  const folder = await mkdtemp(join(tmpdir(), `rota-${name}-`));
  const outfile = join(folder, `${name}.mjs`);
  await build({
    ...{
      absWorkingDir: root,
      entryPoints: [`test/${name}/main.ts`],
      outfile,
      bundle: true,
      platform: 'node',
    },
    ...{ target: 'node20.19', format: 'esm', loader: { '.md': 'text' }, sourcemap: 'inline' },
    ...{ banner: { js: REQUIRE }, logLevel: 'warning' },
  });
  const child = fork(outfile, argv.slice(2), { execArgv: ['--enable-source-maps'] });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  await rm(folder, { recursive: true, force: true });
  exit(code ?? 1);
}

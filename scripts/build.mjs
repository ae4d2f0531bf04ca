import { chmod, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const REQUIRE =
  "import { createRequire as rotaRequire } from 'node:module'; const require = rotaRequire(import.meta.url);";

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Names stay as they are: stacks are read by people, and putting names back at the start takes time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  loader: { '.md': 'text' },
  logLevel: 'warning',
};

/** All that rota asks its own package.json. */
const nameAndVersion = {
  name: 'name-and-version',
  setup: (esbuild) =>
    esbuild.onLoad({ filter: /\/package\.json$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (path !== resolve(root, 'package.json')) return { contents: text, loader: 'json' };
      const { name, version } = JSON.parse(text);
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    }),
};

/**
 * Bundles the command and the library into `outdir`. Starting node takes longer than most of what rota does, so: `rota.js` is
 * tiny; `look.cjs`, which answers `rota list` and `rota next`, is one CommonJS file, which node starts faster than modules;
 * of everything else, code that a command does not need is split off and loaded on demand.
 */
export async function build(outdir = 'dist') {
  await Promise.all([
    bundle({
      ...shared,
      entryPoints: { 'run-cli': 'src/cli/run-cli.ts', index: 'src/index.ts' },
      outdir,
      splitting: true,
      format: 'esm',
      // Bundled CommonJS packages call require for node's own modules.
      banner: { js: REQUIRE },
      plugins: [nameAndVersion, { name: 'unused', setup: unused }],
    }),
    bundle({
      ...shared,
      entryPoints: { rota: 'src/cli/main.ts' },
      outdir,
      format: 'esm',
      banner: { js: REQUIRE },
      plugins: [nameAndVersion, { name: 'leave-out', setup: leaveOut }],
    }),
    bundle({
      ...shared,
      entryPoints: { look: 'src/cli/look/quick-look.ts' },
      outdir,
      format: 'cjs',
      plugins: [nameAndVersion],
      outExtension: { '.js': '.cjs' },
    }),
  ]);
  await chmod(resolve(root, outdir, 'rota.js'), 0o755);
}

/** What `rota.js` loads, and only when it needs it. Importing CommonJS makes node start a lexer, so that is required. */
function leaveOut(esbuild) {
  const contents = `export const quickLook = (...given) => require('./look.cjs').quickLook(...given);`;
  esbuild.onResolve({ filter: /\/run-cli\.ts$/ }, () => ({ path: './run-cli.js', external: true }));
  esbuild.onResolve({ filter: /\/look\.cjs$/ }, ({ path }) => ({ path, external: true }));
  esbuild.onLoad({ filter: /\/quick-look\.ts$/ }, () => ({ contents, loader: 'js' }));
}

/** gray-matter loads a YAML parser, and that a JavaScript parser, which are never asked: rota gives it another one. */
function unused(esbuild) {
  const contents = `const no = () => { throw new Error('js-yaml is not bundled'); };
    module.exports = { safeLoad: no, safeDump: no };`;
  esbuild.onLoad({ filter: /\/node_modules\/js-yaml\/index\.js$/ }, () => ({ contents, loader: 'js' }));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (argv.includes('--clean')) await rm(`${root}/dist`, { recursive: true, force: true });
  await build();
}

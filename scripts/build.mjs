import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import process, { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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

/** One CommonJS file: node starts that faster than modules, of which it looks up, reads and links each. */
const oneFile = {
  ...shared,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'rotaUrl' },
  banner: { js: "const rotaUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [nameAndVersion, { name: 'unused', setup: unused }],
};

/**
 * Bundles the command and the library into `outdir`. Starting node takes longer than most of what rota does, so: `rota.js` is
 * tiny; `look.cjs` answers `rota list` and `rota next`; everything else is in `run-cli-<hash>.cjs`, with its compiled code
 * beside it.
 */
export async function build(outdir = 'dist') {
  const [runCli] = await Promise.all([
    bundleRunCli(resolve(root, outdir)),
    bundle({ ...oneFile, entryPoints: { look: 'src/cli/look/quick-look.ts' }, outdir }),
    bundle({
      ...shared,
      entryPoints: { index: 'src/index.ts' },
      outdir,
      splitting: true,
      format: 'esm',
      // Bundled CommonJS packages call require for node's own modules.
      banner: { js: REQUIRE },
      plugins: oneFile.plugins,
    }),
  ]);
  await bundle({
    ...shared,
    entryPoints: { rota: 'src/cli/main.ts' },
    outdir,
    format: 'esm',
    banner: { js: REQUIRE },
    define: { RUN_CLI: JSON.stringify(`./${basename(runCli)}`) },
    plugins: [nameAndVersion, { name: 'leave-out', setup: leaveOut }],
  });
  await chmod(resolve(root, outdir, 'rota.js'), 0o755);
}

/** Named by what is in it, so that its code never meets another text. */
async function bundleRunCli(outdir) {
  const options = { ...oneFile, entryPoints: { 'run-cli': 'src/cli/run-cli.ts' }, outdir, write: false };
  const { outputFiles } = await bundle(options);
  // Regular expressions keep their letters: node reads plain ASCII faster.
  const text = outputFiles[0].text.replace(/[^\0-\x7f]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const file = join(outdir, `run-cli-${hash}.cjs`);
  await mkdir(outdir, { recursive: true });
  await writeFile(file, text);
  await promisify(execFile)(process.execPath, [join(root, 'scripts/compile-code.mjs'), file]);
  return file;
}

/** What `rota.js` loads only when it needs it. Importing CommonJS makes node start a lexer, so that is required. */
function leaveOut(esbuild) {
  const contents = `export const quickLook = (...given) => require('./look.cjs').quickLook(...given);`;
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

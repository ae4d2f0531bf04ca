import { writeFileSync } from 'node:fs';
import process, { argv } from 'node:process';
import { build } from 'esbuild';

/**
 * Writes the compiled code of a bundled file beside it. It is taken when the command has run once (its help, which needs no
 * repository): what ran is in it.
 */
const [, , file] = argv;
const { outputFiles } = await build({
  entryPoints: ['src/cli/load-compiled.ts'],
  absWorkingDir: new URL('..', import.meta.url).pathname,
  ...{ bundle: true, platform: 'node', format: 'esm', write: false },
});
const loader = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
const script = loader.compile(file, undefined);
process.on('exit', (code) => {
  if (code === 0) writeFileSync(loader.codeOf(file), script.createCachedData());
});
loader.start(file, script).runCli(['help'], '0.0.0');

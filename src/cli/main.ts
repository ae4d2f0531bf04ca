#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import pkg from '../../package.json' with { type: 'json' };
import { loadCompiled } from './load-compiled.ts';
import { quickLook } from './look/quick-look.ts';

/** The file that the build makes of run-cli.ts. */
declare const RUN_CLI: string;
type RunCli = typeof import('./run-cli.ts');

const args = process.argv.slice(2);
const [first] = args;
// Asked by editors and scripts all the time: answered before anything else is loaded.
if (args.length === 1 && (first === '--version' || first === '-V')) process.stdout.write(`${pkg.version}\n`);
// What people wait for most: the build keeps its code in a file of its own, which this call loads; all the rest is in another.
else if ((first !== 'list' && first !== 'next') || !(await quickLook(args, pkg.version))) {
  const { runCli } = loadCompiled(fileURLToPath(new URL(RUN_CLI, import.meta.url))) as RunCli;
  await runCli(args, pkg.version);
}

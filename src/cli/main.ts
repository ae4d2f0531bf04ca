#!/usr/bin/env node
import pkg from '../../package.json' with { type: 'json' };
import { quickLook } from './look/quick-look.ts';

const args = process.argv.slice(2);
const [first] = args;
// Asked by editors and scripts all the time: answered before anything else is loaded.
if (args.length === 1 && (first === '--version' || first === '-V')) process.stdout.write(`${pkg.version}\n`);
// What people wait for most: the build keeps its code in a file of its own, which this call loads.
else if ((first !== 'list' && first !== 'next') || !(await quickLook(args, pkg.version))) {
  const { enableCompileCache } = (await import('node:module')) as { enableCompileCache?: () => unknown };
  enableCompileCache?.();
  const { runCli } = await import('./run-cli.ts');
  await runCli(args, pkg.version);
}

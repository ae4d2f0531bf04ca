#!/usr/bin/env node
import pkg from '../../package.json' with { type: 'json' };

// Asked by editors and scripts all the time: answered before anything else is loaded.
const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${pkg.version}\n`);
} else {
  const { enableCompileCache } = (await import('node:module')) as { enableCompileCache?: () => unknown };
  enableCompileCache?.();
  const { runCli } = await import('./run-cli.ts');
  await runCli(args, pkg.version);
}

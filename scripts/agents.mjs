import { argv } from 'node:process';
import { runBundled } from './run-bundled.mjs';

/** Drives the real agent clients through the built command: see test/agents/main.ts and docs/agents.md. */
// The model server alone needs no command.
await runBundled('agents', { command: !argv.includes('--serve') });

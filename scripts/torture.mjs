import { runBundled } from './run-bundled.mjs';

/** Kills real processes at random and looks for what was lost: see test/torture/torture.ts and docs/reliability.md. */
await runBundled('torture', { command: true });

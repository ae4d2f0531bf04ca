import { runBundled } from './run-bundled.mjs';

/** Dies and fails at every step: see test/steps and docs/reliability.md. */
await runBundled('steps');

import { runBundled } from './run-bundled.mjs';

/** Fleets of many sizes, with the real decisions and made-up time: see test/simulate and docs/scale.md. */
await runBundled('simulate');

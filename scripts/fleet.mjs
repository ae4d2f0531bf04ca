import { runBundled } from './run-bundled.mjs';

/** Machines with clones and workers of their own on one backlog, for real: see test/fleet and docs/scale.md. */
await runBundled('fleet', { command: true });

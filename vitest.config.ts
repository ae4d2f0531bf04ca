import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** esbuild bundles role files as text; here the same. */
const markdownAsText = {
  name: 'markdown-as-text',
  enforce: 'pre' as const,
  load(id: string) {
    return id.endsWith('.md') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};` : null;
  },
};

/** Short forms of long runs, what waits for limits, and what needs other programs: forges, runners, sandboxes, schedulers. */
const LONG = [
  'test/git/{forge,follow,isolate,model,proof,propose,schedule,workplace}/**/*.test.ts',
  'test/git/{steps,gate/reports,home/faults,home/saves,sweep/failures,sweep/scale}.test.ts',
  'test/git/{agent/acp,agent/acp-hostile,store/shared-refs.contract}.test.ts',
];

/** These measure what they take: the memory of others in their process would be part of it. */
const MEASURED = ['test/unit/{slow-text,task/fuzz,task/corpus-edits,run/event-log}.test.ts'];

function tier(
  name: string,
  include: string[],
  { exclude = [] as string[], globalSetup = [] as string[], isolate = true } = {},
) {
  return {
    plugins: [markdownAsText],
    test: {
      name,
      include,
      exclude,
      globalSetup,
      isolate,
      testTimeout: 120_000,
      hookTimeout: 120_000,
      pool: 'forks' as const,
    },
  };
}

/** `unit`: pure functions. `git`: real git in temporary folders. `long`: those that take long. `e2e`: the built command, bundled first. */
export default defineConfig({
  test: {
    // Most tests wait for other processes: one worker a core, less one, would leave a small machine idle.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      // Pure functions leave nothing behind: one process for many files.
      tier('unit', ['test/unit/**/*.test.ts', 'test/*.test.ts'], { exclude: MEASURED, isolate: false }),
      tier('git', ['test/git/**/*.test.ts'], { exclude: LONG }),
      tier('long', [...LONG, ...MEASURED]),
      tier('e2e', ['test/e2e/**/*.test.ts'], { globalSetup: ['test/support/build.ts'] }),
    ],
  },
});

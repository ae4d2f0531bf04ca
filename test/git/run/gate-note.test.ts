import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isNoted, writeGateNote } from '../../../src/run/land/gate-note.ts';
import { taskKey } from '../../../src/task/id.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

test('a note that cannot be read says nothing, and is no failure', async () => {
  const { project, main } = await openTestProject();
  const waiting = { commit: 'c'.repeat(40), base: main() };
  const task = taskKey('A1');
  await writeGateNote(project, { task, ...waiting });
  expect(await isNoted(project, task, waiting)).toBe(true);
  const note = join(project.repository.cacheDir, 'gated', waiting.commit);
  rmSync(note);
  mkdirSync(note);
  expect(await isNoted(project, task, waiting)).toBe(false);
});

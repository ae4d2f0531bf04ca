import { expect, onTestFinished, test } from 'vitest';
import { readMainVerdict, readRedMain, scopeIn, writeMainVerdict } from '../../../src/run/land/red-main.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

test('what is said of main holds for the isolation that it was found in', async () => {
  const { project, main } = await openTestProject();
  onTestFinished(() => project.close());
  await project.system.files.makeFolder(project.repository.rotaDir);
  await writeMainVerdict(project, main(), 'red', scopeIn('bwrap', 'all'));
  expect(await readRedMain(project, main(), 'none')).toBe(null);
  expect(await readRedMain(project, main(), 'container')).toBe(null);
  expect(await readRedMain(project, main(), 'bwrap')).toContain('main is red');
  expect(await readRedMain(project, main(), null)).toContain('main is red');
  await writeMainVerdict(project, main(), 'green', scopeIn('none', 'all'));
  expect(await readMainVerdict(project, main(), 'all')).toBe('green');
  expect(await readMainVerdict(project, main(), scopeIn('bwrap', 'all'))).toBe(null);
  await writeMainVerdict(project, main(), 'green', scopeIn('bwrap', 'all'));
  expect(await readMainVerdict(project, main(), scopeIn('bwrap', 'one'))).toBe('green');
  expect(await readMainVerdict(project, main(), 'one')).toBe(null);
});

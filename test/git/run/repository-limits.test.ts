import { expect, test } from 'vitest';
import { readRepositoryLimits } from '../../../src/run/project/repository-limits.ts';
import { FILES, openTestProject } from '../worktree/open-test-project.ts';

test('submodules and filters are named, as main has them', async () => {
  const modules = Array.from(
    { length: 6 },
    (_, n) => `[submodule "${n}"]\r\n\tpath = lib/${n}  \r\n\turl = x\n`,
  );
  const { project, main } = await openTestProject({
    ...FILES,
    '.gitmodules': `${modules.join('')}# path = no\n${' '.repeat(200_000)}\n`,
    '.gitattributes': '*.bin filter=lfs diff=lfs\n# *.txt filter=none\n*.txt text\n',
  });
  const [submodules, filters, ...others] = await readRepositoryLimits(project, main());
  expect(submodules).toMatch(/^submodules \(lib\/0, lib\/1, lib\/2, lib\/3, lib\/4[^)]*\) are empty folders/);
  expect(filters).toMatch(/^files with the filter lfs are plain stored text/);
  expect(others).toEqual([]);
});

test('without them there is nothing to say', async () => {
  const { project, main } = await openTestProject();
  expect(await readRepositoryLimits(project, main())).toEqual([]);
});

import { expect, test } from 'vitest';
import { pauseRoles } from '../../../src/run/claim/pause-roles.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

test('a role that there is not is neither paused nor resumed, and the nearest one is named', async () => {
  const { project } = await openTestProject();
  for (const paused of [true, false])
    await expect(pauseRoles(project, 'develper', paused)).rejects.toMatchObject({
      ...{ code: 'usage', message: "There is no role 'develper' on main." },
      hint: 'Did you mean developer? There are: developer.',
    });
  expect(await pauseRoles(project, 'Developer', true)).toMatchObject({ all: false, roles: ['developer'] });
  expect(await pauseRoles(project, 'Developer', false)).toMatchObject({ all: false, roles: [] });
});

test('a paused role whose file is gone can be resumed', async () => {
  const { project, repo } = await openTestProject();
  await pauseRoles(project, 'developer', true);
  repo.git('mv', 'roles/developer.md', 'roles/tester.md');
  repo.write('roles/tester.md', '---\nrole: tester\nagent: mine\n---\nDo it.\n');
  repo.git('add', '-A');
  repo.git('commit', '-q', '-m', 'another role');
  expect(await pauseRoles(project, 'developer', false)).toMatchObject({ all: false, roles: [] });
  await expect(pauseRoles(project, 'developer', false)).rejects.toMatchObject({ code: 'usage' });
});

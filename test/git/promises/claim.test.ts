import { expect, test } from 'vitest';
import { findRole } from '../../../src/role/find-role.ts';
import { claimTask } from '../../../src/run/claim/claim.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import { readSettings } from '../../../src/store/backlog/read-settings.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { hookedSystem } from '../home/scene.ts';

const task = (status: string) => `---\ntitle: Task\nstatus: ${status}\n---\n`;

test.each(['draft', 'dropped'])(
  'a person makes it %s just before the lock is taken: the claim does not count',
  async (status) => {
    const repo = twoTasks();
    const claimed = await claimWith(repo, () =>
      repo.commit('chore: not now', { 'backlog/A1-x.md': task(status) }),
    );
    expect(claimed).toMatchObject({ kind: 'claimed', claim: { task: { id: 'A2' } } });
    expect(records(repo)).toEqual(['refs/rota/tasks/A2']);
  },
);

test('main moves just before the lock is taken, and the task is still there: the claim counts', async () => {
  const repo = twoTasks();
  const claimed = await claimWith(repo, () => repo.commit('feat: other', { 'other.txt': 'x' }));
  expect(claimed).toMatchObject({ kind: 'claimed', claim: { task: { id: 'A1' } } });
  expect(records(repo)).toEqual(['refs/rota/tasks/A1']);
});

function twoTasks(): TestRepo {
  return sandbox().repo('project', {
    'rota.yaml': 'gate: ["true"]\nagents:\n  a: {command: ["true"], prompt: stdin}\n',
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: a\n---\nDo it.\n',
    'backlog/A1-x.md': task('ready'),
    'backlog/A2-x.md': task('ready'),
  });
}

/** A claim with something happening right before its transaction. */
async function claimWith(repo: TestRepo, act: () => void) {
  const isSwap = (port: string, _name: string, args: unknown[]) =>
    port === 'git' && (args[1] as string[]).includes('update-ref');
  const system = hookedSystem(repo.sandbox.system(), isSwap, act);
  const project = await openProject(system, repo.root, () => undefined);
  const { main } = await project.refs.read();
  const settings = await readSettings(system, project.repository, main);
  const result = await claimTask(project, {
    run: system.random.id(),
    role: findRole('developer', settings),
    only: null,
    except: new Set(),
    stop: new AbortController().signal,
    known: { main, settings },
  });
  await project.close();
  return result;
}

function records(repo: TestRepo): string[] {
  return repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/tasks').split('\n');
}

import { expect, test } from 'vitest';
import type { RotaEvent } from '../../../src/events.ts';
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

test('on a remote, main moves just before the lock is taken: the lock alone is taken, and no race is lost', async () => {
  const { clone, hub, other } = twoClones();
  const events: RotaEvent[] = [];
  const claimed = await claimWith(
    clone,
    () => {
      other.commit('feat: other', { 'other.txt': 'x' });
      other.git('push', '-q', 'origin', 'main');
    },
    events,
  );
  expect(claimed).toMatchObject({ kind: 'claimed', claim: { task: { id: 'A1' }, settled: false } });
  expect(events.filter(({ type }) => type === 'race')).toEqual([]);
  expect(records(hub)).toEqual(['refs/rota/tasks/A1']);
  expect(hub.git('log', '--format=%s', 'main').split('\n')[0]).toBe('feat: other');
});

test('on a remote, a person takes the task out just before the lock is taken: the claim does not count', async () => {
  const { clone, hub, other } = twoClones();
  const events: RotaEvent[] = [];
  const claimed = await claimWith(
    clone,
    () => {
      other.commit('chore: not now', { 'backlog/A1-x.md': task('draft') });
      other.git('push', '-q', 'origin', 'main');
    },
    events,
  );
  expect(claimed).toMatchObject({ kind: 'claimed', claim: { task: { id: 'A2' } } });
  expect(records(hub)).toEqual(['refs/rota/tasks/A2']);
  expect(events.filter(({ type }) => type === 'race')).toMatchObject([{ over: 'claim' }]);
});

test('on a remote, another one takes the task just before: one race is lost, and it says so', async () => {
  const { clone, hub, other } = twoClones();
  const events: RotaEvent[] = [];
  const claimed = await claimWith(
    clone,
    () => other.git('push', '-q', 'origin', 'main:refs/rota/tasks/A1'),
    events,
  );
  expect(claimed).toMatchObject({ kind: 'claimed', claim: { task: { id: 'A2' } } });
  expect(records(hub)).toEqual(['refs/rota/tasks/A1', 'refs/rota/tasks/A2']);
  expect(events.filter(({ type }) => type === 'race')).toMatchObject([
    { over: 'claim', detail: 'A1 was taken by others' },
  ]);
});

test('on a remote, while somebody lands in turn: the lock is taken and main left alone', async () => {
  const { clone, hub, other } = twoClones();
  other.git('push', '-q', 'origin', 'main:refs/rota/landing');
  const main = hub.git('rev-parse', 'main');
  const claimed = await claimWith(clone, () => undefined);
  expect(claimed).toMatchObject({ kind: 'claimed', claim: { task: { id: 'A1' } } });
  expect(records(hub)).toEqual(['refs/rota/tasks/A1']);
  expect(hub.git('rev-parse', 'main')).toBe(main);
});

function twoClones(): { clone: TestRepo; hub: TestRepo; other: TestRepo } {
  const seed = twoTasks();
  const { sandbox: box } = seed;
  const hub = box.bare('hub.git');
  seed.git('push', '-q', hub.root, 'main');
  hub.git('symbolic-ref', 'HEAD', 'refs/heads/main');
  return { hub, clone: box.clone(hub.root, 'one'), other: box.clone(hub.root, 'two') };
}

function twoTasks(): TestRepo {
  return sandbox().repo('project', {
    'rota.yaml': 'gate: ["true"]\nagents:\n  a: {command: ["true"], prompt: stdin}\n',
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: a\n---\nDo it.\n',
    'backlog/A1-x.md': task('ready'),
    'backlog/A2-x.md': task('ready'),
  });
}

/** A claim with something happening right before its transaction. */
async function claimWith(repo: TestRepo, act: () => void, events: RotaEvent[] = []) {
  let remote = false;
  const isSwap = (port: string, _name: string, args: unknown[]) =>
    port === 'git' && (args[1] as string[]).includes(remote ? 'push' : 'update-ref');
  const system = hookedSystem(repo.sandbox.system(), isSwap, act);
  const project = await openProject(system, repo.root, ({ event }) => events.push(event));
  remote = project.remote !== null;
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

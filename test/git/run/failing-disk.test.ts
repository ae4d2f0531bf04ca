import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { runRole } from '../../../src/run/work/worker.ts';
import { changedPaths, withPrivateIndex } from '../../../src/run/worktree/private-index.ts';
import type { Files, System } from '../../../src/system/ports.ts';
import { CONFIG, FILES, openTestProject } from '../worktree/open-test-project.ts';

/** Every call that `fails` picks is answered like a disk that is full. */
function failing(system: System, fails: (name: string, path: string) => boolean): System {
  const files = new Proxy(system.files, {
    get: (target, name: keyof Files) => {
      const call = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (fails(name, String(args[0]))) throw new RotaError('files', `no space left: ${String(args[0])}`);
        return call.apply(target, args);
      };
    },
  });
  return { ...system, files };
}

test('a note of a run that cannot be written does not stop the notes after it', async () => {
  const { project } = await openTestProject();
  let full = false;
  const system = failing(project.system, (name) => full && name === 'writeWhole');
  const about = { run: 'R1', role: 'developer', task: 'A1', branch: 'ai/developer/A1' };
  const folder = await openRunFolder(system, project.repository, about);
  full = true;
  await expect(folder.note({ pgid: 7 })).rejects.toThrow('no space left');
  full = false;
  await folder.note({ outcome: 'failed' });
  await folder.settled();
  const text = (await system.files.read(folder.file('run.json'))).toString('utf8');
  expect(JSON.parse(text)).toMatchObject({ pgid: 7, outcome: 'failed' });
});

test('a run that landed says so, although nothing can be tidied or noted afterwards', async () => {
  const config = CONFIG.replace("['true']", "[sh, -c, 'echo work > src/a.txt']");
  const { project, repo } = await openTestProject({ ...FILES, 'rota.yaml': config });
  const landed = () => repo.git('show', 'main:src/a.txt') === 'work';
  const system = failing(project.system, (name, path) => {
    const writes = !['read', 'readIfThere', 'list', 'facts', 'readLink', 'realPath'].includes(name);
    return writes && /\/rota\/(runs|queues)\/|\/neutral\//.test(path) && landed();
  });
  const stop = new AbortController().signal;
  const said: string[] = [];
  const recorded = {
    ...project,
    system,
    emit: ({ event }: { event: { type: string; message?: string } }) => void said.push(event.message ?? ''),
  };
  const wish = { role: 'developer', only: null, except: new Set<never>(), stop };
  expect(await runRole(recorded, wish)).toMatchObject({ outcome: 'landed' });
  expect(said.join('\n')).toMatch(/kept .*it could not be removed: no space left/);
  expect(said.join('\n')).toContain('the end of the run could not be noted: no space left');
});

test('an index of rota’s own that cannot be made or removed is no bug', async () => {
  const { project, repo } = await openTestProject();
  repo.write('new.txt', 'new\n');
  const system = failing(project.system, (name) => name === 'removeTree');
  const commit = repo.git('rev-parse', 'HEAD');
  const paths = await withPrivateIndex({ ...project, system }, repo.root, commit, changedPaths);
  expect(paths).toEqual([{ path: 'new.txt', kind: 'untracked' }]);
  const gone = withPrivateIndex(project, repo.root, '0'.repeat(40), changedPaths);
  await expect(gone).rejects.toThrow(RotaError);
  const left = (await project.system.files.list(project.neutral.folder)).filter(({ name }) =>
    name.startsWith('index-'),
  );
  expect(left.length, join(project.neutral.folder)).toBe(1);
});

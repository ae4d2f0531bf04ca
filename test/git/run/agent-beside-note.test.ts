import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../../src/run/project/open-project.ts';
import { runRole } from '../../../src/run/work/worker.ts';
import { sandbox } from '../../support/repo.ts';
import { hookedSystem } from '../home/scene.ts';

test('an agent is faster than the note about it: its link is put back before the run writes on', async () => {
  const box = sandbox();
  const repo = box.repo('project', {
    'rota.yaml': 'gate: ["true"]\nagents:\n  a: {command: [sleep, "60"], prompt: stdin}\n',
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: a\n---\nDo it.\n',
    'backlog/A1-x.md': '---\ntitle: Task\nstatus: ready\n---\n',
  });
  const [own, outside] = [join(repo.root, '.git/rota'), join(box.folder, 'outside')];
  mkdirSync(outside);
  const isNote = (_port: string, name: string, [path = '', text = '']: unknown[]) =>
    name === 'writeWhole' && String(path).endsWith('run.json') && /"pgid": \d/.test(String(text));
  const system = hookedSystem(box.system(), isNote, () => {
    renameSync(own, join(box.folder, 'moved'));
    symlinkSync(outside, own);
  });
  const project = await openProject(system, repo.root, () => undefined, 'write');
  const wish = {
    role: 'developer',
    only: null,
    except: new Set<never>(),
    stop: new AbortController().signal,
  };
  const end = await runRole(project, wish);
  await project.close();
  expect(end.outcome).toBe('refused');
  expect(end.reason).toContain(`${own} was replaced by a symbolic link`);
  expect(readdirSync(outside)).toEqual([]);
  expect(repo.git('show', 'main:backlog/A1-x.md')).toContain('status: blocked');
});

import { expect, test } from 'vitest';
import { openProject } from '../../../src/run/project/open-project.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { sandbox } from '../../support/repo.ts';

test('refs that main moves elsewhere while a worker is at work: it stops, and says so', async () => {
  const box = sandbox();
  const hub = box.bare('hub.git');
  const person = box.repo('person', { 'rota.yaml': 'gate: none\n' });
  person.git('push', '-q', hub.root, 'main');
  const clone = box.clone(hub.root, 'clone');
  const project = await openProject(box.system(), clone.root, () => undefined, 'write');
  try {
    expect((await readSnapshot(project, true)).config.refsPrefix).toBe('refs/rota/');
    person.commit('chore: refs', { 'rota.yaml': 'gate: none\nrefs-prefix: refs/heads/rota/\n' });
    person.git('push', '-q', hub.root, 'main');
    await expect(readSnapshot(project, true)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('`refs-prefix: refs/heads/rota/` since just now'),
      hint: expect.stringContaining('Run it again.'),
    });
  } finally {
    await project.close();
  }
});

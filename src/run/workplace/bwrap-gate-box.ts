import { join } from 'node:path';
import type { Mount } from '../../isolate/mount.ts';
import type { GateBox } from '../gate/gate-box.ts';
import type { Project } from '../project/project.ts';
import { alternates } from './alternates.ts';
import { openBox } from './open-box.ts';
import type { GateBoxWish } from './open-gate-box.ts';

/** The gate's checkout in bubblewrap: the repository's objects can be read, nothing else of it is there. */
export async function bwrapGateBox(project: Project, wish: GateBoxWish): Promise<GateBox> {
  const { system, repository } = project;
  const { config, checkout, folder } = wish;
  const objects = join(repository.gitDir, 'objects');
  const reports = join(folder, 'reports');
  await system.files.makeFolder(reports);
  const mounts: Mount[] = [
    ...[objects, ...(await alternates(system.files, objects))].map(
      (at): Mount => ({ kind: 'read', at, from: at }),
    ),
    { kind: 'write', at: checkout, from: checkout },
    { kind: 'write', at: reports, from: reports },
  ];
  const box = await openBox(system, repository, { folder, rules: config.isolation, mounts, login: [] });
  const forSetup = await homeOfItsOwn(project, box.home, join(folder, 'setup'));
  return {
    rules: JSON.stringify(['bwrap', config.isolation.network, config.isolation.read]),
    reports,
    setup: (start) => box.wrap(start, [...forSetup, ...mounts]),
    command: (start) => box.wrap(start, mounts),
    close: () => box.close(),
  };
}

async function homeOfItsOwn(
  { system: { files } }: Project,
  home: string,
  folder: string,
): Promise<readonly Mount[]> {
  const own = { home: join(folder, 'home'), temporary: join(folder, 'tmp') };
  await Promise.all([own.home, own.temporary].map((path) => files.makeFolder(path)));
  return [
    { kind: 'write', at: home, from: own.home },
    { kind: 'write', at: '/tmp', from: own.temporary },
    { kind: 'write', at: '/var/tmp', from: own.temporary },
  ];
}

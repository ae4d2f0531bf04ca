import { join } from 'node:path';
import { CONTAINER_HOME } from '../../isolate/container.ts';
import type { Mount } from '../../isolate/mount.ts';
import type { GateBox } from '../gate/gate-box.ts';
import type { Project } from '../project/project.ts';
import { alternates } from './alternates.ts';
import { openContainer } from './open-container.ts';
import type { GateBoxWish } from './open-gate-box.ts';

/** The gate's checkout in containers, one for each command: the repository's objects can be read, nothing else of it is there. */
export async function containerGateBox(project: Project, wish: GateBoxWish): Promise<GateBox> {
  const { system, repository } = project;
  const { config, checkout, folder, run } = wish;
  const objects = join(repository.gitDir, 'objects');
  const reports = join(folder, 'reports');
  const setup = { home: join(folder, 'setup', 'home'), temporary: join(folder, 'setup', 'tmp') };
  for (const path of [reports, setup.home, setup.temporary]) await system.files.makeFolder(path);
  const mounts: Mount[] = [
    ...[objects, ...(await alternates(system.files, objects))].map(
      (at): Mount => ({ kind: 'read', at, from: at }),
    ),
    { kind: 'write', at: checkout, from: checkout },
    { kind: 'write', at: reports, from: reports },
  ];
  const forSetup: Mount[] = [
    { kind: 'write', at: CONTAINER_HOME, from: setup.home },
    { kind: 'write', at: '/tmp', from: setup.temporary },
  ];
  const { isolation } = config;
  const box = await openContainer(system, { run, folder, rules: isolation, mounts, login: [] });
  return {
    rules: JSON.stringify(['container', isolation.image, isolation.network, isolation.read]),
    reports,
    setup: (start) => box.wrap(start, [...forSetup, ...mounts]),
    command: (start) => box.wrap(start, mounts),
    close: box.close,
  };
}

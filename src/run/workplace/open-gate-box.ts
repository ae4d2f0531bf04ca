import type { Config, IsolationKind } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { type GateBox, plainGateBox } from '../gate/gate-box.ts';
import { findOnPath } from '../project/find-on-path.ts';
import type { Project } from '../project/project.ts';

export interface GateBoxWish {
  /** The role's whose work is judged. */
  readonly isolation: IsolationKind;
  /** Main's. */
  readonly config: Config;
  /** The gate's checkout. */
  readonly checkout: string;
  /** Becomes the box's own. */
  readonly folder: string;
}

/**
 * A gate runs the branch's code: it is kept as the agent is, without the agent's login.
 *
 * @throws RotaError `isolation` when this machine cannot isolate like that
 */
export async function openGateBox(project: Project, wish: GateBoxWish): Promise<GateBox> {
  switch (wish.isolation) {
    case 'none':
      return plainGateBox(project.repository);
    case 'bwrap':
      return (await import('./bwrap-gate-box.ts')).bwrapGateBox(project, wish);
    case 'clone':
      // As the agent in its clone: in bubblewrap where there is one.
      return (await findOnPath(project.system, 'bwrap')) === null
        ? plainGateBox(project.repository)
        : (await import('./bwrap-gate-box.ts')).bwrapGateBox(project, wish);
    case 'container':
      throw new RotaError('config', 'isolation: container is not built yet.');
    default:
      return wish.isolation satisfies never;
  }
}

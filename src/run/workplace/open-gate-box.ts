import type { Config, IsolationKind } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { type GateBox, plainGateBox } from '../gate/gate-box.ts';
import type { Project } from '../project/project.ts';

export interface GateBoxWish {
  /** The role's whose work is judged. */
  readonly isolation: IsolationKind;
  readonly run: string;
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
      return inBwrapIfPossible(project, wish);
    case 'container':
      return (await import('./container-gate-box.ts')).containerGateBox(project, wish);
    default:
      return wish.isolation satisfies never;
  }
}

/** As the agent in its clone, whose run has said so. */
async function inBwrapIfPossible(project: Project, wish: GateBoxWish): Promise<GateBox> {
  try {
    return await (await import('./bwrap-gate-box.ts')).bwrapGateBox(project, wish);
  } catch (error) {
    if (!(error instanceof RotaError) || error.code !== 'isolation') throw error;
    return plainGateBox(project.repository);
  }
}

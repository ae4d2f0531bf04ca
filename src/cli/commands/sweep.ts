import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota sweep` */
export const sweep: Action = async () => {
  throw new RotaError('not-built', 'rota sweep is not built yet.');
};

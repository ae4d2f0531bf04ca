import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota unlock` */
export const unlock: Action = async () => {
  throw new RotaError('not-built', 'rota unlock is not built yet.');
};

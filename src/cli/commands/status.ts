import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota status` */
export const status: Action = async () => {
  throw new RotaError('not-built', 'rota status is not built yet.');
};

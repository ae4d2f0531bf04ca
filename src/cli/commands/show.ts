import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota show` */
export const show: Action = async () => {
  throw new RotaError('not-built', 'rota show is not built yet.');
};

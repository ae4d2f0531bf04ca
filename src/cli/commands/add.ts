import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota add` */
export const add: Action = async () => {
  throw new RotaError('not-built', 'rota add is not built yet.');
};

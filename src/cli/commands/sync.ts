import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota sync` */
export const sync: Action = async () => {
  throw new RotaError('not-built', 'rota sync is not built yet.');
};

import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota lock` */
export const lock: Action = async () => {
  throw new RotaError('not-built', 'rota lock is not built yet.');
};

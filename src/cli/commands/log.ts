import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota log` */
export const log: Action = async () => {
  throw new RotaError('not-built', 'rota log is not built yet.');
};

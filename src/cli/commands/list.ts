import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota list` */
export const list: Action = async () => {
  throw new RotaError('not-built', 'rota list is not built yet.');
};

import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota shift` */
export const shift: Action = async () => {
  throw new RotaError('not-built', 'rota shift is not built yet.');
};

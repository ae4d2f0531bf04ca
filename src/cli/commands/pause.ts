import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota pause` */
export const pause: Action = async () => {
  throw new RotaError('not-built', 'rota pause is not built yet.');
};

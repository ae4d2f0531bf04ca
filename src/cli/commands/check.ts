import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota check` */
export const check: Action = async () => {
  throw new RotaError('not-built', 'rota check is not built yet.');
};

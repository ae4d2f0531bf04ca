import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota init` */
export const init: Action = async () => {
  throw new RotaError('not-built', 'rota init is not built yet.');
};

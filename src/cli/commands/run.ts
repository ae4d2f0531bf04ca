import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota run` */
export const run: Action = async () => {
  throw new RotaError('not-built', 'rota run is not built yet.');
};

import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota demo` */
export const demo: Action = async () => {
  throw new RotaError('not-built', 'rota demo is not built yet.');
};

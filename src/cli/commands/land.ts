import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota land` */
export const land: Action = async () => {
  throw new RotaError('not-built', 'rota land is not built yet.');
};

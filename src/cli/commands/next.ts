import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota next` */
export const next: Action = async () => {
  throw new RotaError('not-built', 'rota next is not built yet.');
};

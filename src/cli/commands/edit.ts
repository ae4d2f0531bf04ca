import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota edit` */
export const edit: Action = async () => {
  throw new RotaError('not-built', 'rota edit is not built yet.');
};

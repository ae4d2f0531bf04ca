import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota merge-file` */
export const mergeFile: Action = async () => {
  throw new RotaError('not-built', 'rota merge-file is not built yet.');
};

import { RotaError } from '../../errors.ts';
import type { Action } from '../command-spec.ts';

/** `rota resume` */
export const resume: Action = async () => {
  throw new RotaError('not-built', 'rota resume is not built yet.');
};

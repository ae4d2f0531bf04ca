import { type Mask, makeMask } from '../../agent/mask.ts';
import { secretVariables } from '../../agent/secret-variables.ts';
import type { GateInput } from './run-gate.ts';

/** For what the gate reads out of files: reports come past what masks the output of programs. */
export function maskOfGate({ config, system }: Pick<GateInput, 'config' | 'system'>): Mask {
  return makeMask(secretVariables(config, system.environment.variables));
}

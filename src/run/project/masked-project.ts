import { type Mask, makeMask } from '../../agent/mask.ts';
import { maskedSystem } from '../../agent/masked-system.ts';
import { secretVariables } from '../../agent/secret-variables.ts';
import type { Config } from '../../config.ts';
import type { Project } from './project.ts';

/**
 * The project as a run has it: what the programs that it starts write, and every event, without the values of the variables
 * that rota.yaml gives to agents and to the gate.
 */
export function maskedProject(
  project: Project,
  config: Pick<Config, 'env' | 'gate' | 'proof'>,
): { readonly project: Project; readonly mask: Mask } {
  const { system, emit } = project;
  const mask = makeMask(secretVariables(config, system.environment.variables));
  return {
    mask,
    project: {
      ...project,
      system: maskedSystem(system, mask),
      emit: (sent) => emit(mask.deep(sent)),
    },
  };
}

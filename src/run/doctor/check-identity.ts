import { readIdentity } from '../../store/identity.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import type { Finding } from './finding.ts';

/**
 * Who rota's commits are by.
 *
 * @throws RotaError `identity`
 */
export async function checkIdentity(system: System, repository: Repository): Promise<Finding[]> {
  const { name, email } = await readIdentity(system, repository);
  return [{ area: 'identity', state: 'good', says: `${name} <${email}>`, mend: null }];
}

import type { System } from '../../system/ports.ts';
import { askVersion } from './ask-version.ts';
import type { Finding } from './finding.ts';

/** `merge-tree --write-tree`, which candidates are made with. */
const LEAST = [2, 38] as const;

/** Whether git is there, and new enough to land with. */
export async function checkGit(system: System, folder: string): Promise<Finding[]> {
  const said = await askVersion(system, ['git', '--version'], folder);
  const mend = `Install git ${LEAST.join('.')} or newer.`;
  if (said.kind === 'missing') return [{ area: 'git', state: 'bad', says: 'git was not found', mend }];
  const found = /(\d+)\.(\d+)(?:\.\d+)*/.exec(said.text);
  if (found === null)
    return [{ area: 'git', state: 'warning', says: `an unknown version: ${said.text}`, mend }];
  const [version, major, minor] = [found[0], Number(found[1]), Number(found[2])];
  const enough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
  return [{ area: 'git', state: enough ? 'good' : 'bad', says: version, mend: enough ? null : mend }];
}

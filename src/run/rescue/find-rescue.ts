import { RotaError } from '../../errors.ts';
import { closestId } from '../../role/closest-id.ts';
import { parseTaskId } from '../../task/id.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import { RESCUE_REFS } from '../worktree/rescue.ts';
import { type RescueRef, readRescueRefs } from './rescue-refs.ts';

const NAMED = 10;

/**
 * The rescue that a person means by `A32` (if it has only one), `A32/<time>`, the beginning of such a time, or the whole ref.
 *
 * @throws RotaError `usage` when there is none, or several
 */
export async function findRescue(project: Project, given: string): Promise<RescueRef> {
  const all = await readRescueRefs(project);
  const found = matching(all, given);
  if (found.length === 1) return found[0]!;
  const shown = plainText(given).slice(0, 80);
  if (found.length === 0) throw new RotaError('usage', `There is no rescue '${shown}'.`, hintFor(all, given));
  const names = found.slice(-NAMED).map(({ name }) => plainText(name));
  const more = found.length > NAMED ? ` (the newest ${NAMED} of ${found.length})` : '';
  throw new RotaError(
    'usage',
    `'${shown}' may be any of ${found.length} rescues; name one.`,
    `There are${more}: ${names.join(', ')}.`,
  );
}

function matching(all: readonly RescueRef[], given: string): RescueRef[] {
  const name = given.startsWith(RESCUE_REFS) ? given.slice(RESCUE_REFS.length) : given;
  const exact = all.filter((rescue) => rescue.name === name);
  if (exact.length > 0) return exact;
  const slash = name.indexOf('/');
  const word = slash === -1 ? name : name.slice(0, slash);
  const task = parseTaskId(word) ?? word;
  const ofTask = all.filter((rescue) => rescue.task === task);
  const time = slash === -1 ? '' : name.slice(slash + 1);
  // The ref may have the id with the zeros that its file has.
  const timeOf = (rescue: RescueRef) => rescue.name.slice(rescue.name.indexOf('/') + 1);
  const same = ofTask.filter((rescue) => timeOf(rescue) === time);
  return same.length > 0 ? same : ofTask.filter((rescue) => timeOf(rescue).startsWith(time));
}

function hintFor(all: readonly RescueRef[], given: string): string {
  if (all.length === 0) return 'Nothing was rescued in this repository yet.';
  const word = given.replace(RESCUE_REFS, '').split('/')[0] ?? '';
  const known = all.map(({ task }) => parseTaskId(task)).filter((key) => key !== null);
  const nearest = closestId(word, new Set(known));
  const list = '`rota rescue list` names those that are.';
  return nearest === null || nearest === (parseTaskId(word) ?? word)
    ? list
    : `Did you mean ${plainText(nearest)}? ${list}`;
}

import type { System } from '../../system/ports.ts';
import { readObjects } from '../backlog/read-objects.ts';
import type { Identity } from '../identity.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import { writeDocument } from './write-document.ts';

/** The ref that holds the pause. */
export const PAUSE_REF = 'refs/rota/pause';

/** Who takes no new work. */
export interface Pause {
  /** Every role. */
  readonly all: boolean;
  readonly roles: readonly string[];
  /** What is wrong with the pause record; then everything rests. */
  readonly problem?: string;
}

const NAME = 'pause.yaml';

/** Reads the pause behind `token`; null: nothing is paused. One that cannot be read, or a newer one, pauses everything. */
export async function readPause(
  system: System,
  repository: Repository,
  token: string | null,
): Promise<Pause> {
  if (token === null) return { all: false, roles: [] };
  const [bytes] = await readObjects(system, repository.place, [`${token}:${NAME}`]);
  if (!bytes) return unreadable(`it has no ${NAME}`);
  const { parseYaml } = await import('../../task/yaml.ts');
  const { value, problems } = parseYaml(bytes.toString('utf8'));
  if (problems[0] !== undefined) return unreadable(problems[0].message);
  if (typeof value !== 'object' || value === null) return unreadable('it is no map');
  const { v, all, roles } = value as { v?: unknown; all?: unknown; roles?: unknown };
  if (v !== 1) return unreadable('a newer rota wrote it');
  const named = Array.isArray(roles) && roles.every((role): role is string => typeof role === 'string');
  if (typeof all !== 'boolean' || !named) return unreadable('expected `all: true|false` and a list `roles`');
  return { all, roles };
}

/**
 * Writes a pause; the caller swaps PAUSE_REF to it, or deletes the ref when nothing is paused.
 *
 * @returns its token
 */
export async function writePause(
  at: {
    readonly system: System;
    readonly repository: Repository;
    readonly neutral: Neutral;
    readonly identity: Identity;
  },
  pause: Pause,
  previous: string | null,
): Promise<string> {
  const { toYaml } = await import('../../task/yaml.ts');
  const text = toYaml({ v: 1, all: pause.all, roles: pause.roles, nonce: at.system.random.id() });
  const parents = previous === null ? [] : [previous];
  return writeDocument(at, { name: NAME, text, parents, message: 'rota: pause\n' });
}

function unreadable(why: string): Pause {
  return {
    all: true,
    roles: [],
    problem: `The pause (${PAUSE_REF}) cannot be read, so everything rests: ${why}.`,
  };
}

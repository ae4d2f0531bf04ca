import { forbiddenCommand } from './permission-command.ts';

/** Where a path is that an agent wants to touch, links resolved. */
export type Place =
  /** Below the folder that it works in; from its root, `/` between parts. */
  | { readonly kind: 'inside'; readonly path: string }
  /** What it is told to read or write outside: its prompt, its result. `path` is the real one. */
  | { readonly kind: 'own'; readonly path: string }
  /** Git's own, wherever. */
  | { readonly kind: 'git' }
  | { readonly kind: 'outside' };

/** What an agent asks for before it does it. */
export interface PermissionAsked {
  /** As the Agent Client Protocol calls kinds of tools; one that is not known counts as `other`. */
  readonly kind: string;
  /** Whether it shows a change of a file, whatever its kind says. */
  readonly changes: boolean;
  /** Every path that it names. */
  readonly paths: readonly { readonly asked: string; readonly place: Place }[];
  /** A text for a shell, or program and arguments; null: none is named. */
  readonly command: string | readonly string[] | null;
}

export type Permission =
  | { readonly granted: true }
  /** `reason` is one clause about what was asked. */
  | { readonly granted: false; readonly reason: string };

const GRANTED: Permission = { granted: true };
const CHANGING: ReadonlySet<string> = new Set(['edit', 'delete', 'move']);

/**
 * Answers an agent from its role's contract, while it works. Changes: of files that the role may edit, in the folder of its
 * work, and of its result; a change that does not say of what is none of these. Everything else: in that folder. Commands:
 * all but those that the protocol of every prompt rules out; a shell is a shell, so that is a fence along the road and
 * no wall. What an agent does without asking is judged by contract and gate at its end.
 */
export function decidePermission(asked: PermissionAsked, mayEdit: (path: string) => boolean): Permission {
  const changing = asked.changes || CHANGING.has(asked.kind);
  if (changing && asked.paths.length === 0) return refused('it does not say which file it would change');
  for (const { asked: path, place } of asked.paths) {
    const reason = changing ? whyNotChange(place, mayEdit) : whyNotLook(place);
    if (reason !== null) return refused(`${path}: ${reason}`);
  }
  const reason = asked.command === null ? null : forbiddenCommand(asked.command);
  return reason === null ? GRANTED : refused(reason);
}

/** Why a file at this place must not be changed; null: it may be. */
export function whyNotChange(place: Place, mayEdit: (path: string) => boolean): string | null {
  if (place.kind !== 'inside') return whyNotLook(place);
  return mayEdit(place.path) ? null : "the role's contract does not let it change that (may-edit)";
}

/** Why a file at this place must not be read through rota; null: it may be. */
export function whyNotLook(place: Place): string | null {
  switch (place.kind) {
    case 'inside':
    case 'own':
      return null;
    case 'git':
      return "that is git's own";
    case 'outside':
      return 'that is outside the folder of this run';
    default:
      return place satisfies never;
  }
}

function refused(reason: string): Permission {
  return { granted: false, reason };
}

/** One of the answers that an agent offers. */
export interface PermissionChoice {
  readonly optionId: string;
  readonly kind: string;
}

/** The offered answer that says it, the narrower one first; null: none does. */
export function choosePermission(
  granted: boolean,
  choices: readonly PermissionChoice[],
): PermissionChoice | null {
  const kinds = granted ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  for (const kind of kinds) {
    const found = choices.find((choice) => choice.kind === kind);
    if (found !== undefined) return found;
  }
  return null;
}

import { plainText } from '../../task/text.ts';

/** What is paused, in a sentence. */
export function pauseText(all: boolean, roles: readonly string[]): string {
  if (all) return 'Everything is paused: no role takes new tasks.';
  if (roles.length === 0) return 'Nothing is paused.';
  return `Paused: ${roles.map(plainText).join(', ')}.`;
}

/** Roles that had paused themselves and go on. */
export function goOnLines(roles: readonly string[]): string[] {
  return roles.map((role) => `Role ${plainText(role)} had paused itself on this machine, and goes on.`);
}

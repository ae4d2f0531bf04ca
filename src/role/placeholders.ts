import { RotaError } from '../errors.ts';
import { plainText } from '../task/text.ts';
import { closestName } from './closest-name.ts';

/**
 * What a role's text may name. The task's title and body are not among them: those are data and stay in their fence.
 */
const PLACEHOLDERS = ['role', 'id', 'type', 'file', 'branch', 'main', 'worktree', 'result', 'check'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

/** `{{name}}`. Not after a backslash (`\{{name}}` stays, without it) and not `${{ … }}`, which other tools use. */
const PLACEHOLDER = /(?<![\\$])\{\{([^{}\n]*)\}\}/g;

/** The unknown ones, with their line in the text, counted from 1. */
export function unknownPlaceholders(text: string): { readonly line: number; readonly message: string }[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(PLACEHOLDER)]
        .filter((match) => !isPlaceholder((match[1] ?? '').trim()))
        .map((match) => ({ line: index + 1, message: unknownMessage((match[1] ?? '').trim()) })),
    );
}

/**
 * Puts the values in, once: what a value contains is never read again. Throws RotaError `role` for an unknown
 * placeholder, which parse-role.ts reports before it comes to that.
 */
export function fillPlaceholders(
  text: string,
  values: Readonly<Record<Placeholder, string>>,
  file: string,
): string {
  const filled = text.replace(PLACEHOLDER, (_, inside: string) => {
    const name = inside.trim();
    if (isPlaceholder(name)) return plainText(values[name]);
    throw new RotaError(
      'role',
      `${file}: ${unknownMessage(name)}`,
      'write \\{{…}} to keep the braces as they are',
    );
  });
  return filled.replaceAll('\\{{', '{{');
}

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

function unknownMessage(name: string): string {
  const shown = plainText(name).slice(0, 40);
  const nearest = closestName(name, PLACEHOLDERS);
  const known = PLACEHOLDERS.map((known) => `{{${known}}}`).join(' ');
  return `unknown placeholder {{${shown}}}${nearest ? `, the nearest is {{${nearest}}}` : ''}; expected one of ${known}`;
}

import pkg from '../../package.json' with { type: 'json' };

const REQUIREMENT = /^(?:>=)? *(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?$/;

/** Whether a text names a least version: `>=0.2`, `1.4.0`. */
export function isRequirement(text: string): boolean {
  return REQUIREMENT.test(text.trim());
}

/**
 * Why this rota must not work for a repository that requires another; null: it may. A fleet is updated machine by machine, and
 * one that is too old would not know what rota.yaml means.
 *
 * @param version of this rota
 */
export function whyTooOld(requirement: string, version: string = pkg.version): string | null {
  const wanted = numbersOf(requirement);
  const own = numbersOf(version.replace(/-.*$/, ''));
  const at = wanted.findIndex((number, index) => number !== own[index]);
  if (at < 0 || (own[at] ?? 0) > (wanted[at] ?? 0)) return null;
  return `this repository requires rota ${wanted.join('.')} or newer, and this is ${version}; update it on this machine`;
}

function numbersOf(text: string): number[] {
  const found = REQUIREMENT.exec(text.trim());
  return [found?.[1], found?.[2], found?.[3]].map((part) => Number(part ?? 0));
}

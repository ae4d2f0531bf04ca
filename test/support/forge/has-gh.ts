import { isThere } from '../is-there.ts';

/** Tests with the real `gh` are left out, by name, where it is not installed (Debian: `apt-get install gh`). */
export const HAS_GH = isThere('gh', '--version');

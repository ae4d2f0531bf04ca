import { spawnSync } from 'node:child_process';

/** Tests with the real `gh` are left out, by name, where it is not installed (Debian: `apt-get install gh`). */
export const HAS_GH = spawnSync('gh', ['--version'], { stdio: 'ignore' }).status === 0;

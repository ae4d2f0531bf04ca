import { pauseRoles } from '../../run/claim/pause-roles.ts';
import { forgetStreaks } from '../../run/streak/streak-store.ts';
import type { Action } from '../command-spec.ts';
import { goOnLines, pauseText } from '../text/pause-text.ts';
import { withWriting } from '../with-writing.ts';

/** `rota resume [ROLE]`: undoes rota pause, and lets a role that paused itself begin again. */
export const resume: Action = (cli, [role], _options) =>
  withWriting(cli, async (project) => {
    const { all, roles } = await pauseRoles(project, role ?? null, false);
    const selfPaused = await forgetStreaks(project, role?.toLowerCase() ?? null);
    if (cli.json) cli.output.document({ all, roles, selfPaused });
    else for (const line of [...goOnLines(selfPaused), pauseText(all, roles)]) cli.output.line(line);
    return 0;
  });

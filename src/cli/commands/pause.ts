import { pauseRoles } from '../../run/claim/pause-roles.ts';
import type { Action } from '../command-spec.ts';
import { pauseText } from '../text/pause-text.ts';
import { withWriting } from '../with-writing.ts';

/** `rota pause [ROLE]`: no new tasks for this role, or for any; running work goes on. */
export const pause: Action = (cli, [role], _options) =>
  withWriting(cli, async (project) => {
    const { all, roles } = await pauseRoles(project, role ?? null, true);
    if (cli.json) cli.output.document({ all, roles });
    else cli.output.line(pauseText(all, roles));
    return 0;
  });

import { pauseRoles } from '../../run/claim/pause-roles.ts';
import type { Action } from '../command-spec.ts';
import { pauseText } from '../text/pause-text.ts';
import { withWriting } from '../with-writing.ts';

/** `rota resume [ROLE]`: undoes rota pause. */
export const resume: Action = (cli, [role], _options) =>
  withWriting(cli, async (project) => {
    const { all, roles } = await pauseRoles(project, role ?? null, false);
    if (cli.json) cli.output.document({ all, roles });
    else cli.output.line(pauseText(all, roles));
    return 0;
  });

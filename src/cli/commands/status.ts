import type { Action } from '../command-spec.ts';
import { readStatus } from '../documents/status-document.ts';
import { statusLines } from '../text/status-lines.ts';
import { withSnapshot } from '../with-project.ts';

/** `rota status`: who does what and why, what waits, what is held, what is wrong. */
export const status: Action = (cli, _args, options) =>
  withSnapshot(cli, options, async (project, snapshot) => {
    const document = await readStatus(project, snapshot);
    if (cli.json) cli.output.document(document);
    else for (const line of statusLines(document, cli.output, cli.system.clock.now())) cli.output.line(line);
    return 0;
  });

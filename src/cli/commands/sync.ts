import { syncMain } from '../../run/project/sync.ts';
import type { Action } from '../command-spec.ts';
import { noteEdit } from '../text/edit-notes.ts';
import { withWriting } from '../with-writing.ts';

/** `rota sync`: local main, and every checkout of it, to the remote's. */
export const sync: Action = (cli, _args, _options) =>
  withWriting(cli, async (project) => {
    const synced = await syncMain(project);
    const { from, to, named } = synced;
    noteEdit(cli, synced);
    if (cli.json) cli.output.document({ branch: project.branch, from, to, named });
    else if (from === to) cli.output.line(`${project.branch} is up to date.`);
    else cli.output.line(`${project.branch}: ${from.slice(0, 10)} -> ${to.slice(0, 10)}`);
    return 0;
  });

import { unlockTask } from '../../run/backlog/edit-task.ts';
import { taskKey } from '../../task/id.ts';
import { plainText } from '../../task/text.ts';
import type { Action } from '../command-spec.ts';
import { isAsBefore, noteEdit } from '../text/edit-notes.ts';
import { withWriting } from '../with-writing.ts';

/** `rota unlock ID`: takes a person's lock off, or the task away from a worker. */
export const unlock: Action = (cli, [id = ''], _options) => {
  const key = taskKey(id);
  return withWriting(cli, async (project) => {
    const edited = await unlockTask(project, key);
    noteEdit(cli, edited);
    const { id: written, file, revoked } = edited.answer;
    if (cli.json)
      cli.output.document({ id: written, file, commit: edited.commit, written: edited.written, revoked });
    else {
      const wasFree = isAsBefore(edited) && revoked === null;
      cli.output.line(wasFree ? `${written} was not locked.` : `${written} is free.`);
      if (revoked !== null)
        cli.output.note(
          `It was locked by ${plainText(revoked)}, who stops at the next look; the work is kept.`,
        );
    }
    return 0;
  });
};

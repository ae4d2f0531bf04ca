import { lockTask } from '../../run/backlog/edit-task.ts';
import { taskKey } from '../../task/id.ts';
import { plainText } from '../../task/text.ts';
import type { Action } from '../command-spec.ts';
import { isAsBefore, noteEdit } from '../text/edit-notes.ts';
import { withWriting } from '../with-writing.ts';

/** `rota lock ID`: the task is this person's; a worker that has it stops. */
export const lock: Action = (cli, [id = ''], _options) => {
  const key = taskKey(id);
  return withWriting(cli, async (project) => {
    const edited = await lockTask(project, key);
    noteEdit(cli, edited);
    const { id: written, file, revoked } = edited.answer;
    if (cli.json)
      cli.output.document({ id: written, file, commit: edited.commit, written: edited.written, revoked });
    else {
      cli.output.line(isAsBefore(edited) ? `${written} was yours already.` : `${written} is yours.`);
      if (revoked !== null)
        cli.output.note(
          `It was locked by ${plainText(revoked)}, who stops at the next look; the work is kept.`,
        );
    }
    return 0;
  });
};

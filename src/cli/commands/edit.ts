import { basename } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { EditedMain } from '../../run/backlog/edit-main.ts';
import { type EditedTask, editTaskKeys, editTaskText } from '../../run/backlog/edit-task.ts';
import { findEditedFile } from '../../run/backlog/home-backlog.ts';
import type { Project } from '../../run/project/project.ts';
import { taskKey } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action } from '../command-spec.ts';
import { parseKeyValues } from '../key-values.ts';
import { editInEditor } from '../open-editor.ts';
import { isAsBefore, noteEdit } from '../text/edit-notes.ts';
import { withWriting } from '../with-writing.ts';

/** `rota edit ID key=value…`: these keys on main and nothing else; without them the whole file in an editor. */
export const edit: Action = async (cli, [id = '', ...words], _options) => {
  const key = taskKey(id);
  const changes = parseKeyValues(words);
  if (words.length === 0 && !cli.interactive) {
    throw new RotaError('usage', 'What shall be changed?', `For example: rota edit ${id} status=ready`);
  }
  return withWriting(cli, async (project) => {
    const edited =
      words.length === 0 ? await editWhole(cli, project, key) : await editTaskKeys(project, key, changes);
    noteEdit(cli, edited);
    const { id: written, file } = edited.answer;
    if (cli.json) cli.output.document({ id: written, file, commit: edited.commit, written: edited.written });
    else if (isAsBefore(edited)) cli.output.line(`${written} is like that already.`);
    else cli.output.line(`${cli.output.colors.bold(written)}  ${plainText(file)}`);
    return 0;
  });
};

async function editWhole(cli: Cli, project: Project, key: TaskKey): Promise<EditedMain<EditedTask>> {
  const found = await findEditedFile(project, key);
  if (found === null)
    throw new RotaError('task', `There is no task ${key} on main.`, 'rota list names those that are.');
  const { file, text } = found;
  const edited = await editInEditor(cli.system, basename(file), text);
  return editTaskText(project, key, text, edited);
}

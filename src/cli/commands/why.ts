import { readWhy } from '../../run/why/read-why.ts';
import { taskKey } from '../../task/id.ts';
import type { Action } from '../command-spec.ts';
import { whyDocument } from '../documents/why-document.ts';
import { whyLines } from '../text/why-lines.ts';
import { unknownTask } from '../unknown-task.ts';
import { withSnapshot } from '../with-project.ts';

/** `rota why ID`: how a task stands and how it came there, from everything that remembers it. */
export const why: Action = (cli, [id = ''], options) => {
  const key = taskKey(id);
  return withSnapshot(cli, options, async (project, snapshot) => {
    const found = await readWhy(project, snapshot, key);
    if (found === null) throw await unknownTask(project, snapshot.view.main, id);
    const document = whyDocument(found, snapshot.backlog.unusable.get(key) ?? null);
    if (cli.json) cli.output.document(document);
    else for (const line of whyLines(document, cli.output, cli.system.clock.now())) cli.output.line(line);
    return 0;
  });
};

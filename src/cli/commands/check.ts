import type { Problem } from '../../errors.ts';
import { checkFiles } from '../../run/backlog/check-files.ts';
import { readWrittenFiles, readWrittenFilesAt } from '../../run/backlog/read-written-files.ts';
import { openRepository } from '../../store/repository.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { flagOption } from '../options.ts';
import { problemLines } from '../text/problem-lines.ts';
import { withProject } from '../with-project.ts';

const PROBLEMS = 2;

/** `rota check`: everything that is wrong with what people wrote. Works without a usable rota.yaml. */
export const check: Action = async (cli, _args, options) => {
  const problems = await findProblems(cli, options);
  if (cli.json) cli.output.document({ problems });
  else if (problems.length === 0)
    cli.output.line('Nothing is wrong with rota.yaml, the roles and the tasks.');
  else {
    for (const line of problemLines(problems, cli.output.colors)) cli.output.line(line);
    cli.output.note(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`);
  }
  return problems.length === 0 ? 0 : PROBLEMS;
};

async function findProblems(cli: Cli, options: Options): Promise<Problem[]> {
  const repository = await openRepository(cli.system, cli.folder);
  if (repository.checkout !== null && !flagOption(options, 'main') && !flagOption(options, 'fetch')) {
    return checkFiles(await readWrittenFiles(cli.system, repository, repository.checkout));
  }
  return withProject(
    cli,
    () => undefined,
    async (project) => {
      const view = flagOption(options, 'fetch') ? await project.refs.read() : await project.refs.last();
      return checkFiles(await readWrittenFilesAt(cli.system, project.repository, view.main));
    },
  );
}

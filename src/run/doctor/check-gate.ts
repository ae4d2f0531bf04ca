import type { Command, Config } from '../../config.ts';
import { plainText } from '../../task/text.ts';
import { commandInWords } from '../gate/run-command.ts';
import { findOnPath } from '../project/find-on-path.ts';
import type { Project } from '../project/project.ts';
import type { Finding } from './finding.ts';

/** Whether there is a gate, and this machine has the programs that it and the setup start. Runs none of them. */
export async function checkGate({ system }: Project, config: Config): Promise<Finding[]> {
  const setup = config.setup.map((run) => ({ run, what: 'setup' }));
  const gate = config.gate === 'none' ? [] : config.gate.map(({ run }) => ({ run, what: 'gate' }));
  const missing: Finding[] = [];
  for (const { run, what } of [...setup, ...gate]) {
    const program = programOf(run);
    if (program === null || (await findOnPath(system, program)) !== null) continue;
    missing.push({
      area: 'gate',
      state: 'bad',
      says: `${what} \`${commandInWords(run)}\`: ${plainText(program)} is not on PATH`,
      mend: `Install ${plainText(program)}, or change rota.yaml.`,
    });
  }
  if (config.gate === 'none')
    return [
      ...missing,
      {
        area: 'gate',
        state: 'warning',
        says: 'none: work lands unchecked',
        mend: 'Name a command that must pass as `gate:` in rota.yaml.',
      },
    ];
  const names = config.gate.map(({ run }) => commandInWords(run)).join(', ');
  return [...missing, { area: 'gate', state: 'good', says: names, mend: null }];
}

/** Words that the shell itself knows; what else it would do with a line is not guessed at. */
const SHELL = /^(?:cd|test|\[|if|for|while|case|set|export|exec|eval|true|false|exit|\.|:|!|\(|\{)$/;

/** Null: it is a path, which only a checkout has, or a line whose first word says nothing. */
function programOf(command: Command): string | null {
  const word = typeof command === 'string' ? (/^\s*(\S+)/.exec(command)?.[1] ?? '') : (command[0] ?? '');
  return /^[A-Za-z0-9][\w.+-]*$/.test(word) && !SHELL.test(word) ? word : null;
}

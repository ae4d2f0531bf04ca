import { examine } from '../../run/doctor/examine.ts';
import type { Action } from '../command-spec.ts';
import { doctorLines } from '../text/doctor-lines.ts';

/** `rota doctor`: whether this machine and repository have what runs need, and how to mend what is missing. */
export const doctor: Action = async (cli) => {
  const findings = await examine(cli.system, cli.folder);
  if (cli.json) cli.output.document({ findings });
  else for (const line of doctorLines(findings, cli.output)) cli.output.line(line);
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
};

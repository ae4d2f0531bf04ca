import { writeFileSync } from 'node:fs';
import type { Client } from './clients.ts';
import { install } from './install.ts';
import type { Mode } from './mode.ts';
import { printCosts, printTable, printUsage } from './print-table.ts';
import { type TrialEnd, trial } from './trial.ts';

export interface TestWish {
  readonly clients: readonly Client[];
  readonly modes: readonly Mode[];
  readonly cache: string;
  readonly rota: string;
  readonly keep: string | null;
  readonly slow: number;
  /** Of the role. */
  readonly isolation: string;
  /** Where all that was found goes, as JSON; null: nowhere. */
  readonly json: string | null;
}

/** Every client through every mode, one after the other. Returns the exit code: 1 if anything was not as it must be. */
export async function testAgents(wish: TestWish): Promise<0 | 1> {
  const ends: TrialEnd[] = [];
  const versions: string[] = [];
  const missing: string[] = [];
  for (const client of wish.clients) {
    const installed = install(client, wish.cache, (line) => console.error(line));
    if ('missing' in installed) {
      missing.push(`${client.name}: ${installed.missing}`);
      console.error(`${client.name} could not be installed: ${installed.missing}`);
      continue;
    }
    versions.push(`${client.name} ${installed.version}`);
    for (const mode of wish.modes) {
      // It has no permissions: there is nothing to be denied.
      if (mode.denying && client.denied === null) continue;
      const { rota, keep, slow, isolation } = wish;
      const end = await trial({ installed, mode, rota, keep, slow, isolation });
      ends.push(end);
      console.error(lineOf(end));
    }
  }
  if (wish.json !== null) writeFileSync(wish.json, `${JSON.stringify(ends, null, 2)}\n`);
  console.log(`${versions.join(', ')}\n`);
  const names = wish.clients.map(({ name }) => name);
  for (const table of [printTable(names, wish.modes, ends), printUsage(ends), printCosts(ends)])
    if (table.length > 0) console.log(`${table.join('\n')}\n`);
  for (const line of missing) console.log(`not installed: ${line}`);
  const wrong = ends.filter((end) => end.wrong.length > 0);
  for (const end of wrong) console.log(`${end.client} ${end.mode}: ${end.wrong.join('; ')}`);
  console.log(
    `${ends.length} runs, ${wrong.length} not as they must be, ${missing.length} clients not installed`,
  );
  return wrong.length + missing.length > 0 ? 1 : 0;
}

function lineOf({ client, mode, outcome, seconds, wrong, reason, kept }: TrialEnd): string {
  const took = seconds === null ? '' : ` ${seconds} s`;
  const said = reason === null ? '' : ` (${reason.slice(0, 160)})`;
  const bad = wrong.map((line) => `\n    ! ${line}`).join('');
  return `${client} ${mode}: ${outcome}${took}${said}${bad}${kept === null ? '' : `\n    kept in ${kept}`}`;
}

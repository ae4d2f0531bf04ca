import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { acpAgent } from '../../../src/agent/acp/acp-agent.ts';
import type { AgentEnd, AgentTurn } from '../../../src/agent/agent.ts';
import type { AgentActivity } from '../../../src/events.ts';
import type { Sandbox } from '../../support/repo.ts';
import { turnIn } from './fixture.ts';

const PROGRAM = resolve(import.meta.dirname, '../../support/acp-agent.mjs');

/** What test/support/acp-agent.mjs does. */
// biome-ignore lint/suspicious/noExplicitAny: scripts are written freely
export type AcpScript = Record<string, any>;

/** A scripted agent, and what it was told and answered. */
export function acpTurn(script: AcpScript, changes: Partial<AgentTurn> = {}, box?: Sandbox) {
  const activities: AgentActivity[] = [];
  const base = turnIn({ onActivity: (activity) => void activities.push(activity), ...changes }, box);
  const { runs } = base;
  const file = join(runs, 'script.json');
  writeFileSync(file, JSON.stringify(script));
  const command = [process.execPath, PROGRAM, file];
  return {
    ...base,
    file,
    activities,
    take: (mode: string | null = null): Promise<AgentEnd> =>
      acpAgent(base.system, 'scripted', { kind: 'acp', command, mode }).turn(base.turn),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely
    heard: (): any[] =>
      existsSync(`${file}.heard`)
        ? readFileSync(`${file}.heard`, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    /** The answers to what it asked by a method, in order. */
    // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely
    answers: (method: string): any[] =>
      readFileSync(`${file}.heard`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ asked }) => asked === method)
        .map(({ answer, refused }) => answer ?? { refused }),
    reached: (name: string) => existsSync(`${file}.reached-${name}`),
    goOn: (name: string) => writeFileSync(`${file}.go-${name}`, ''),
  };
}

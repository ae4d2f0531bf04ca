import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { acpAgent } from '../../../src/agent/acp/acp-agent.ts';
import type { AgentEnd, AgentTurn } from '../../../src/agent/agent.ts';
import type { AgentActivity } from '../../../src/events.ts';
import type { Clock } from '../../../src/system/ports.ts';
import type { Sandbox } from '../../support/repo.ts';
import { turnIn } from './fixture.ts';

const PROGRAM = resolve(import.meta.dirname, '../../support/acp-agent.mjs');

/** What test/support/acp-agent.mjs does. */
// biome-ignore lint/suspicious/noExplicitAny: scripts are written freely
export type AcpScript = Record<string, any>;

/** A clock on which long times pass only when a test says so: a busy machine is not what a limit is tested with. */
export function handClock(real: Clock) {
  let ahead = 0;
  const waiting = new Set<() => void>();
  const clock: Clock = {
    now: () => new Date(real.now().getTime() + ahead),
    monotonic: () => real.monotonic() + ahead,
    wait: (ms, signal) => {
      if (ms < 60_000) return real.wait(ms, signal);
      const until = clock.monotonic() + ms;
      return new Promise((resolve) => {
        const look = () => {
          if (clock.monotonic() < until && signal?.aborted !== true) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        signal?.addEventListener('abort', look);
        look();
      });
    },
  };
  const pass = (ms: number) => {
    ahead += ms;
    for (const look of [...waiting]) look();
  };
  return { clock, pass };
}

/** A scripted agent, and what it was told and answered. */
export function acpTurn(script: AcpScript, changes: Partial<AgentTurn> = {}, box?: Sandbox) {
  const activities: AgentActivity[] = [];
  // Limits are far away where they are not what is tested.
  const limits = { timeLimit: 110_000, stallLimit: 110_000 };
  const onActivity = (activity: AgentActivity) => void activities.push(activity);
  const base = turnIn({ ...limits, onActivity, ...changes }, box);
  const { runs } = base;
  const file = join(runs, 'script.json');
  writeFileSync(file, JSON.stringify(script));
  const command = [process.execPath, PROGRAM, file];
  return {
    ...base,
    file,
    activities,
    take: (mode: string | null = null, system = base.system): Promise<AgentEnd> =>
      acpAgent(system, 'scripted', { kind: 'acp', command, mode }).turn(base.turn),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely
    heard: (): any[] =>
      existsSync(`${file}.heard`)
        ? readFileSync(`${file}.heard`, 'utf8')
            .split('\n')
            // Whoever writes may be half-way through a line.
            .slice(0, -1)
            .map((line) => JSON.parse(line))
        : [],
    /** The answers to what it asked by a method, in order. */
    // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely
    answers: (method: string): any[] =>
      readFileSync(`${file}.heard`, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
        .filter(({ asked }) => asked === method)
        .map(({ answer, refused }) => answer ?? { refused }),
    reached: (name: string) => existsSync(`${file}.reached-${name}`),
    goOn: (name: string) => writeFileSync(`${file}.go-${name}`, ''),
  };
}

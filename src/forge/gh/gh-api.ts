import type { System } from '../../system/ports.ts';
import { ghEnvironment } from './gh-environment.ts';
import { callTrouble, nonsense, replyTrouble } from './gh-trouble.ts';
import { type GhReply, readReply } from './read-reply.ts';

export interface GhCall {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** `graphql`, or a REST path without a slash at its start. */
  readonly path: string;
  readonly body?: unknown;
  /** Status codes that are answers beside 2xx. */
  readonly ok?: readonly number[];
}

/** One call to the forge through the person's `gh`. */
export type GhApi = (call: GhCall) => Promise<GhReply>;

const TIME_LIMIT = 30_000;
/** More than any answer to what rota asks at once has; a caller that can ask for less does so. */
const MOST_OUTPUT = 16 * 1024 * 1024;

/**
 * `gh api`, because its answers are JSON with a status in every version of `gh`; the friendly commands are for people.
 * What is sent goes through stdin, so no data is ever an option.
 *
 * @throws ForgeError
 */
export function ghApi(system: System, host: string): GhApi {
  const env = ghEnvironment(system.environment.variables, host);
  return async ({ method, path, body, ok = [] }) => {
    const ran = await system.processes.run({
      argv: [
        'gh',
        'api',
        '--include',
        '--method',
        method,
        path,
        ...(body === undefined ? [] : ['--input', '-']),
      ],
      // No repository is there whose settings could take part.
      cwd: '/',
      env,
      ...(body === undefined ? {} : { input: JSON.stringify(body) }),
      timeLimit: TIME_LIMIT,
      mostOutput: MOST_OUTPUT,
    });
    if (ran.stdout.length >= MOST_OUTPUT) throw nonsense(host, 'it is over 16 MiB', true);
    const reply = ran.spawnError !== null || ran.timedOut ? null : readReply(ran.stdout);
    if (reply === null) throw callTrouble(host, ran);
    const isAnswer = (reply.status >= 200 && reply.status < 300) || ok.includes(reply.status);
    if (!isAnswer || reply.json === undefined) throw replyTrouble(host, reply, system.clock.now());
    return reply;
  };
}

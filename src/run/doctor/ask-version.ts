import { baseEnvironment } from '../../isolate/base-environment.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';

/** What a program says when it is asked for its version. */
export type Version =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'missing' }
  /** It is there, and gave no answer in time or failed. */
  | { readonly kind: 'silent'; readonly text: string };

/** Clients that load a megabyte of script before they answer take a while on a busy machine. */
const PATIENCE = 20_000;

/** Runs `argv` with an environment that holds no key, and takes the first line of its answer. */
export async function askVersion(system: System, argv: readonly string[], cwd: string): Promise<Version> {
  const env = baseEnvironment(system.environment.variables, [], 'doctor');
  const { spawnError, code, stdout, stderr, timedOut } = await system.processes.run({
    ...{ argv, cwd, env, timeLimit: PATIENCE, mostOutput: 64 * 1024 },
  });
  if (spawnError !== null)
    return spawnError === 'ENOENT' ? { kind: 'missing' } : { kind: 'silent', text: spawnError };
  if (timedOut) return { kind: 'silent', text: `no answer within ${PATIENCE / 1000} s` };
  const [text = ''] = `${stdout.toString('utf8')}\n${stderr}`
    .split('\n')
    .map((line) => plainText(line).trim().slice(0, 120))
    .filter((line) => line !== '');
  return code === 0 ? { kind: 'said', text } : { kind: 'silent', text: text || `exit ${code}` };
}

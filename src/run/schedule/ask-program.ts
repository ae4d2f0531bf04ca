import { RotaError } from '../../errors.ts';
import { baseEnvironment } from '../../isolate/base-environment.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';

/** Variables with which systemctl and launchctl find the person's session. */
const SESSION = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'LOGNAME'];

const OTHERS = 'Use another scheduler: --for cron, systemd or launchd.';

interface Ask {
  readonly input?: string;
  /** Exit codes that are no failure. */
  readonly ok?: readonly number[];
  /** Variables that it gets beside the usual ones. */
  readonly keep?: readonly string[];
  /** What to do where it is not installed. */
  readonly instead?: string;
}

/**
 * Runs a scheduler's own program.
 *
 * @throws RotaError `files` when it is missing or fails (and `ok` does not have its exit code)
 */
export async function askProgram(
  system: System,
  argv: readonly string[],
  { input, ok = [0], keep = SESSION, instead = OTHERS }: Ask = {},
): Promise<{ readonly code: number; readonly stdout: string }> {
  const env = baseEnvironment(system.environment.variables, keep, 'schedule');
  const ran = await system.processes.run({
    ...{ argv, cwd: '/', env, timeLimit: 60_000, mostOutput: 4 * 1024 * 1024 },
    ...(input === undefined ? {} : { input }),
  });
  const words = argv.join(' ');
  if (ran.spawnError !== null)
    throw new RotaError('files', `${argv[0]} could not be started (${ran.spawnError}).`, instead);
  if (ran.code === null || !ok.includes(ran.code)) {
    const said = plainText(ran.stderr.trim().split('\n').at(-1) ?? '');
    throw new RotaError('files', `\`${words}\` ended with ${ran.code ?? ran.signal}: ${said}`, null);
  }
  return { code: ran.code, stdout: ran.stdout.toString('utf8') };
}

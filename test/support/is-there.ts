import { spawnSync } from 'node:child_process';

/**
 * Whether a program that only some machines have runs here. Tests that need it are skipped by name where it is missing, but
 * not in CI (`ROTA_REQUIRE=all`): `.ci/run` installs them all.
 */
export function isThere(program: string, ...args: string[]): boolean {
  const { status, error } = spawnSync(program, args, { stdio: 'ignore' });
  if (status === 0) return true;
  if (process.env['ROTA_REQUIRE'] !== 'all') return false;
  throw new Error(`${[program, ...args].join(' ')} does not run, and ROTA_REQUIRE=all`, { cause: error });
}

/** The variables that every program started for a role gets from the person. */
const BASE = ['PATH', 'HOME', 'USER', 'LANG', 'TERM', 'TMPDIR'];

/**
 * An environment built from nothing: the base variables and the `allow`ed ones. Git's and rota's own variables are never
 * taken over; ROTA_RUN names the run, after the runs that this process is itself part of.
 */
export function baseEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  allow: readonly string[],
  run: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of [...BASE, ...allow.filter((name) => !/^(?:GIT|ROTA)_/.test(name))]) {
    const value = variables[name];
    if (value !== undefined) env[name] = value;
  }
  const outer = variables['ROTA_RUN'];
  env['ROTA_RUN'] = outer === undefined || outer === '' ? run : `${outer}:${run}`;
  return env;
}

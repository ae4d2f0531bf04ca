/**
 * What `gh` needs of the person's environment: calls to the forge are made with their own login. Nothing else is passed,
 * so that no pager, editor, browser or debug setting takes part.
 */
const PASSED = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME'],
  // Logins are in the desktop's keyring.
  ...['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['GH_CONFIG_DIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'],
];

const TOKENS = ['GH_TOKEN', 'GITHUB_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];

/** @param tokens false: only a login that was made with `gh auth login` counts */
export function ghEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  host: string,
  tokens = true,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of tokens ? [...PASSED, ...TOKENS] : PASSED) {
    const value = variables[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    ...env,
    // `--hostname` would refuse a port.
    GH_HOST: host,
    GH_PROMPT_DISABLED: '1',
    GH_NO_UPDATE_NOTIFIER: '1',
    GH_SPINNER_DISABLED: '1',
    GH_PAGER: 'cat',
    NO_COLOR: '1',
    CLICOLOR: '0',
  };
}

import type { System } from '../../system/ports.ts';

/** Where docker and podman find their service, their images and their settings. */
const NAMES = [
  ...[
    'PATH',
    'HOME',
    'USER',
    'TMPDIR',
    'XDG_RUNTIME_DIR',
    'XDG_CONFIG_HOME',
    'XDG_DATA_HOME',
    'XDG_CACHE_HOME',
  ],
  ...['DBUS_SESSION_BUS_ADDRESS', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH'],
  ...[
    'DOCKER_TLS_VERIFY',
    'CONTAINER_HOST',
    'CONTAINERS_CONF',
    'CONTAINERS_STORAGE_CONF',
    'REGISTRY_AUTH_FILE',
  ],
];

/** The environment of docker and podman themselves; nothing of it reaches a container. */
export function engineEnvironment({ environment: { variables } }: System): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

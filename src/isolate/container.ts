import { inMountOrder, type Mount } from './mount.ts';
import type { ProgramStart } from './none.ts';

/** The programs that make containers, in the order in which they are looked for. */
export const ENGINES = ['podman', 'docker'] as const;
export type Engine = (typeof ENGINES)[number];

/** What a program in a container can reach, beside its image. */
export interface ContainerRules {
  readonly engine: Engine;
  /** The engine's own environment: where its service and its settings are. Nothing of it is in the container. */
  readonly engineEnv: Readonly<Record<string, string>>;
  readonly image: string;
  /** Only `read` and `write`: the rest is the image's. */
  readonly mounts: readonly Mount[];
  readonly network: 'all' | 'none';
  /** `uid:gid` in the container, so that files are the person's. */
  readonly user: string;
  /** Podman without root: the person is the same user inside. */
  readonly keepId: boolean;
  readonly run: string;
  /** Of this container alone. */
  readonly name: string;
}

/** By which a run's containers are found, by a sweep as well. */
export const RUN_LABEL = 'rota.run';
export const CONTAINER_HOME = '/home/rota';

/** The image's business, or rota's: these of the start's variables are not handed on. */
const NOT_HANDED_ON = new Set(['PATH', 'HOME', 'TMPDIR', 'USER']);

/**
 * A program as docker or podman starts it: its own container, thrown away afterwards, without capabilities, without the
 * engine's socket. Values of variables are handed on by name, so that no list of processes shows them.
 */
export function inContainer(rules: ContainerRules, start: ProgramStart): ProgramStart {
  const [program = '', ...args] = start.argv;
  const names = Object.keys(start.env).filter((name) => !NOT_HANDED_ON.has(name));
  const argv = [
    ...[rules.engine, 'run', '--rm', '--interactive', '--name', rules.name],
    ...['--label', `${RUN_LABEL}=${rules.run}`, '--user', rules.user],
    ...(rules.keepId ? ['--userns', 'keep-id'] : []),
    // The folders are bound as they are, and never labelled anew for SELinux.
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--security-opt', 'label=disable'],
    ...(rules.network === 'none' ? ['--network', 'none'] : []),
    ...inMountOrder(rules.mounts).flatMap(argumentsOf),
    ...names.flatMap((name) => ['--env', name]),
    ...['--env', `HOME=${CONTAINER_HOME}`, '--env', 'TMPDIR=/tmp'],
    ...['--workdir', start.cwd, '--entrypoint', program, rules.image, ...args],
  ];
  const handedOn = Object.fromEntries(names.map((name) => [name, start.env[name] ?? '']));
  return { argv, cwd: start.cwd, env: { ...handedOn, ...rules.engineEnv } };
}

function argumentsOf(mount: Mount): readonly string[] {
  if (mount.kind !== 'read' && mount.kind !== 'write') return [];
  const { from, at, kind } = mount;
  const fields = ['type=bind', `source=${from}`, `target=${at}`, ...(kind === 'read' ? ['readonly'] : [])];
  return ['--mount', fields.map(csvField).join(',')];
}

/** The engines read it as a line of CSV. */
function csvField(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

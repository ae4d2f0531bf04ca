import { inMountOrder, type Mount } from './mount.ts';
import type { ProgramStart } from './none.ts';

/** What a program in bubblewrap can reach. */
export interface BwrapRules {
  /** The `bwrap` program. */
  readonly program: string;
  readonly mounts: readonly Mount[];
  readonly network: 'all' | 'none';
}

/** Settings of the whole machine, which its root may write without any capability: `core_pattern` names a program to run. */
const OF_THE_KERNEL = ['acpi', 'bus', 'driver', 'fs', 'irq', 'mtrr', 'scsi', 'sys', 'sysrq-trigger'];

/**
 * A program as bubblewrap starts it: nothing of the file system but the mounts, processes of its own, no rights beyond those
 * of its user. When bwrap, or who started it, dies, everything in it dies at once: it is the first process of its pid
 * namespace, so nothing can outlive it, daemons included.
 *
 * @param start its environment is complete; its current folder is one that is mounted
 */
export function inBwrap({ program, mounts, network }: BwrapRules, start: ProgramStart): ProgramStart {
  const argv = [
    program,
    ...['--unshare-pid', '--unshare-ipc', '--unshare-cgroup-try', '--die-with-parent', '--new-session'],
    // As root bwrap would keep every capability, and with it the right to mount.
    ...['--cap-drop', 'ALL'],
    ...(network === 'none' ? ['--unshare-net'] : []),
    ...['--tmpfs', '/', '--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/dev/shm'],
    ...OF_THE_KERNEL.flatMap((name) => ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`]),
    ...inMountOrder(mounts).flatMap(argumentsOf),
    ...['--remount-ro', '/', '--chdir', start.cwd, '--', ...start.argv],
  ];
  return { argv, cwd: start.cwd, env: start.env };
}

function argumentsOf(mount: Mount): readonly string[] {
  switch (mount.kind) {
    case 'read':
      return ['--ro-bind', mount.from, mount.at];
    case 'write':
      return ['--bind', mount.from, mount.at];
    case 'empty':
      return ['--tmpfs', mount.at];
    case 'link':
      return ['--symlink', mount.target, mount.at];
    default:
      return mount satisfies never;
  }
}

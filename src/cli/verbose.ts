import type { GitDoor } from '../system/ports.ts';
import type { Cli } from './cli.ts';
import type { Options } from './command-spec.ts';
import { flagOption } from './options.ts';

/** Git's commands that ask a remote. */
const REMOTE: ReadonlySet<string> = new Set(['ls-remote', 'fetch', 'push']);

/**
 * With --verbose the same command line interface, which notes each round trip to the remote when it is over; `sum` notes how
 * many there were. Without it nothing is noted.
 */
export function verboseCli(cli: Cli, options: Options): { readonly cli: Cli; readonly sum: () => void } {
  if (!flagOption(options, 'verbose')) return { cli, sum: () => undefined };
  const { system, output } = cli;
  const counts = new Map<string, number>();
  const git: GitDoor = {
    ...system.git,
    run: async (place, args, given) => {
      const [command = ''] = args;
      // `ls-remote --get-url` asks nobody.
      if (!REMOTE.has(command) || args.includes('--get-url')) return system.git.run(place, args, given);
      const from = system.clock.monotonic();
      try {
        return await system.git.run(place, args, given);
      } finally {
        counts.set(command, (counts.get(command) ?? 0) + 1);
        output.note(
          `remote: ${[command, ...pushedRefs(command, args)].join(' ')}, ${Math.round(system.clock.monotonic() - from)} ms`,
        );
      }
    },
  };
  const sum = () => {
    const all = [...counts].map(([command, count]) => `${count} ${command}`);
    const total = [...counts.values()].reduce((before, count) => before + count, 0);
    output.note(`remote: ${total} round trips${all.length === 0 ? '' : ` (${all.join(', ')})`}`);
  };
  return { cli: { ...cli, system: { ...system, git } }, sum };
}

/** What a push is about: the short names that its refspecs end in. */
function pushedRefs(command: string, args: readonly string[]): string[] {
  if (command !== 'push') return [];
  const [, ...refspecs] = args.slice(args.indexOf('--') + 1);
  return refspecs.map((refspec) => refspec.replace(/^.*:(?:refs\/)?(?:heads\/)?/, ''));
}

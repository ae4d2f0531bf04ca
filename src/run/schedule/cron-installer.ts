import { cronBlock, withCronBlock } from '../../schedule/cron.ts';
import type { Place, Planned } from '../../schedule/planned.ts';
import type { System } from '../../system/ports.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { askProgram } from './ask-program.ts';
import type { Installer } from './installer.ts';
import { removeStart, startFor, writeStart } from './start-files.ts';
import { zoneNotes } from './zone-notes.ts';

/** The person's crontab: a block of lines in it, and the script that they call. */
export function cronInstaller(system: System): Installer {
  const block = async (place: Place, planned: readonly Planned[]) =>
    cronBlock(place, planned, (await findOnPath(system, 'logger')) !== null);
  return {
    name: 'cron',
    files: async (place, planned) => [
      await startFor(system, place, 'cron'),
      { path: 'crontab', text: await block(place, planned) },
    ],
    install: async (place, planned) => {
      const lines = await block(place, planned);
      const crontab = withCronBlock(await readCrontab(system), place, lines);
      const script = await writeStart(system, place, 'cron');
      await system.files.makeFolder(place.logs);
      await askProgram(system, ['crontab', '-'], { input: crontab });
      return [
        `wrote ${script.path}`,
        `changed your crontab: ${planned.length} lines of rota's`,
        ...zoneNotes(system, planned),
      ];
    },
    remove: async (place) => {
      const before = await readCrontab(system);
      const after = withCronBlock(before, place, null);
      const said: string[] = [];
      if (after !== before) {
        // An empty crontab is none.
        await (after === ''
          ? askProgram(system, ['crontab', '-r'])
          : askProgram(system, ['crontab', '-'], { input: after }));
        said.push("took rota's lines out of your crontab");
      }
      return [...said, ...(await removeStart(system, place, 'cron'))];
    },
  };
}

/** Exit 1 says that there is none. */
async function readCrontab(system: System): Promise<string> {
  const { code, stdout } = await askProgram(system, ['crontab', '-l'], { ok: [0, 1] });
  return code === 0 ? stdout : '';
}

import { cronBlock, withCronBlock } from '../../schedule/cron.ts';
import type { Place, Planned } from '../../schedule/planned.ts';
import { startScript, startScriptOf } from '../../schedule/start-script.ts';
import type { System } from '../../system/ports.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { askProgram } from './ask-program.ts';
import type { Installer } from './installer.ts';
import { removeScheduleFile, writeScheduleFile } from './write-schedule-file.ts';

/** The person's crontab: a block of lines in it, and the script that they call. */
export function cronInstaller(system: System): Installer {
  const block = async (place: Place, planned: readonly Planned[]) =>
    cronBlock(place, planned, (await findOnPath(system, 'logger')) !== null);
  return {
    name: 'cron',
    files: async (place, planned) => [
      startScript(place),
      { path: 'crontab', text: await block(place, planned) },
    ],
    install: async (place, planned) => {
      const lines = await block(place, planned);
      const crontab = withCronBlock(await readCrontab(system), place, lines);
      const script = startScript(place);
      await writeScheduleFile(system, script, 0o755);
      await system.files.makeFolder(place.logs);
      await askProgram(system, ['crontab', '-'], { input: crontab });
      return [`wrote ${script.path}`, `changed your crontab: ${planned.length} lines of rota's`];
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
      const script = startScriptOf(place);
      if (await removeScheduleFile(system, script)) said.push(`removed ${script}`);
      return said;
    },
  };
}

/** Exit 1 says that there is none. */
async function readCrontab(system: System): Promise<string> {
  const { code, stdout } = await askProgram(system, ['crontab', '-l'], { ok: [0, 1] });
  return code === 0 ? stdout : '';
}

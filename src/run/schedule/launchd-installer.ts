import { basename, join } from 'node:path';
import { labelOf, launchAgents } from '../../schedule/launchd.ts';
import type { Place } from '../../schedule/planned.ts';
import type { System } from '../../system/ports.ts';
import { askProgram } from './ask-program.ts';
import type { Installer } from './installer.ts';
import { removeStart, startFor, writeStart } from './start-files.ts';
import { removeScheduleFile, writeScheduleFile } from './write-schedule-file.ts';
import { zoneNotes } from './zone-notes.ts';

/** launchd says so of what is not loaded. */
const NOT_LOADED = [0, 3, 5, 36, 113];

/** Launch agents of the person's session (macOS). */
export function launchdInstaller(system: System): Installer {
  const remove = async (place: Place): Promise<string[]> => {
    const files = await installedAgents(system, place);
    const domain = files.length === 0 ? '' : await domainOf(system);
    for (const file of files) {
      const label = basename(file, '.plist');
      await askProgram(system, ['launchctl', 'bootout', `${domain}/${label}`], { ok: NOT_LOADED });
      await removeScheduleFile(system, file);
    }
    return files.map((file) => `removed ${file}`);
  };
  return {
    name: 'launchd',
    files: async (place, planned) => [
      await startFor(system, place, 'launchd'),
      ...launchAgents(place, planned),
    ],
    install: async (place, planned) => {
      const agents = launchAgents(place, planned);
      await remove(place);
      const script = await writeStart(system, place, 'launchd');
      await system.files.makeFolder(join(place.home, 'Library/Logs/rota'));
      const domain = await domainOf(system);
      for (const agent of agents) {
        await writeScheduleFile(system, agent);
        await askProgram(system, ['launchctl', 'bootstrap', domain, agent.path]);
      }
      return [...[script, ...agents].map(({ path }) => `wrote ${path}`), ...zoneNotes(system, planned)];
    },
    remove: async (place) => [...(await remove(place)), ...(await removeStart(system, place, 'launchd'))],
  };
}

async function domainOf(system: System): Promise<string> {
  return `gui/${(await askProgram(system, ['id', '-u'])).stdout.trim()}`;
}

async function installedAgents(system: System, place: Place): Promise<string[]> {
  const folder = join(place.home, 'Library/LaunchAgents');
  const start = labelOf(place, '');
  const found = await system.files.list(folder);
  return found
    .map(({ name }) => name)
    .filter((name) => name.startsWith(start) && name.endsWith('.plist'))
    .sort()
    .map((name) => join(folder, name));
}

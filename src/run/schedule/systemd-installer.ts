import { basename, join } from 'node:path';
import type { Place } from '../../schedule/planned.ts';
import { systemdUnits, unitName } from '../../schedule/systemd.ts';
import type { System } from '../../system/ports.ts';
import { askProgram } from './ask-program.ts';
import type { Installer } from './installer.ts';
import { removeStart, startFor, writeStart } from './start-files.ts';
import { removeScheduleFile, writeScheduleFile } from './write-schedule-file.ts';

/** Timers of the person's own systemd. */
export function systemdInstaller(system: System): Installer {
  const systemctl = (...args: string[]) => askProgram(system, ['systemctl', '--user', ...args]);
  const remove = async (place: Place): Promise<string[]> => {
    const units = await installedUnits(system, place);
    const timers = units.filter((unit) => unit.endsWith('.timer'));
    if (timers.length > 0) await systemctl('disable', '--now', ...timers);
    for (const unit of units) await removeScheduleFile(system, join(unitFolder(place), unit));
    if (units.length > 0) await systemctl('daemon-reload');
    return units.map((unit) => `removed ${join(unitFolder(place), unit)}`);
  };
  return {
    name: 'systemd',
    files: async (place, planned) => [
      await startFor(system, place, 'systemd'),
      ...systemdUnits(place, planned),
    ],
    install: async (place, planned) => {
      const units = systemdUnits(place, planned);
      await remove(place);
      const script = await writeStart(system, place, 'systemd');
      for (const unit of units) await writeScheduleFile(system, unit);
      await systemctl('daemon-reload');
      const timers = units.map(({ path }) => basename(path)).filter((unit) => unit.endsWith('.timer'));
      await systemctl('enable', '--now', ...timers);
      return [
        ...[script, ...units].map(({ path }) => `wrote ${path}`),
        `started ${timers.join(', ')}`,
        'They stop when you log out, unless: loginctl enable-linger',
      ];
    },
    remove: async (place) => [...(await remove(place)), ...(await removeStart(system, place, 'systemd'))],
  };
}

function unitFolder({ home }: Place): string {
  return join(home, '.config/systemd/user');
}

async function installedUnits(system: System, place: Place): Promise<string[]> {
  const found = await system.files.list(unitFolder(place));
  const start = unitName(place, '');
  return found
    .map(({ name }) => name)
    .filter((name) => name.startsWith(start) && /\.(?:service|timer)$/.test(name))
    .sort();
}

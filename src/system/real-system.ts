import type { System } from './ports.ts';
import { realProcesses } from './processes.ts';
import { systemWith } from './system-with.ts';

/** The real outside world of this process. */
export function realSystem(): System {
  return systemWith(realProcesses());
}

import type { Pace } from '../config.ts';

/** One role's regular work on this machine. */
export interface Planned {
  readonly role: string;
  readonly pace: Pace;
  /** An IANA name; null: the machine's own. */
  readonly timeZone: string | null;
  /** Arguments of rota: `run developer --agent claude`. */
  readonly args: readonly string[];
}

/** Where a schedule starts rota: everything that a bare cron does not know. */
export interface Place {
  /** Names the files and blocks of this repository: `shop-1a2b3c4d`. */
  readonly name: string;
  /** The repository, absolute. */
  readonly folder: string;
  /** How rota is started, absolute: node and the command, or the command alone. */
  readonly rota: readonly string[];
  readonly path: string;
  /** Other variables that say where things are: XDG_CONFIG_HOME and the like. */
  readonly variables: Readonly<Record<string, string>>;
  readonly home: string;
  /** For output where the system keeps none. */
  readonly logs: string;
  /** Variables for agents, `NAME=value` lines that a person writes. */
  readonly envFile: string;
}

/** A file that a schedule consists of. */
export interface ScheduleFile {
  /** Absolute, or from the repository's root. */
  readonly path: string;
  readonly text: string;
}

import {
  chmodSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** How programs save: every one of them loads the file, adds a line, and is done when its handle is closed. */
export const STYLES = ['in place', 'rename', 'append', 'recreate', 'backup', 'chmod', 'held open'] as const;

export type Style = (typeof STYLES)[number];

/**
 * Saves a line into a file as a person's program would; returns when it is written and closed.
 *
 * @param pause waits up to so many milliseconds, between the steps of the save
 */
export function saveFile(path: string, line: string, style: Style, pause: Pause): void {
  HOW[style](path, line, pause);
}

type Pause = (upTo: number) => void;

const HOW: Record<Style, (path: string, line: string, pause: Pause) => void> = {
  'in place': (path, line, pause) => overwrite(path, load(path) + line, pause),
  rename: (path, line, pause) => {
    const beside = join(dirname(path), `.#${basename(path)}`);
    overwrite(beside, load(path) + line, pause);
    renameSync(beside, path);
  },
  append: (path, line, pause) => {
    const handle = openSync(path, 'a');
    pause(25);
    writeSync(handle, line);
    closeSync(handle);
  },
  recreate: (path, line, pause) => {
    const text = load(path) + line;
    ifThere(() => unlinkSync(path));
    pause(2);
    overwrite(path, text, pause);
  },
  backup: (path, line, pause) => {
    const text = load(path) + line;
    ifThere(() => renameSync(path, `${path}~`));
    pause(2);
    overwrite(path, text, pause);
  },
  chmod: (path, line, pause) => {
    overwrite(path, load(path) + line, pause);
    ifThere(() => chmodSync(path, statSync(path).mode ^ 0o111));
  },
  'held open': (path, line, pause) => {
    const text = load(path) + line;
    const handle = openSync(path, 'a+');
    pause(25);
    ftruncateSync(handle, 0);
    writeSync(handle, text);
    closeSync(handle);
  },
};

/** A file that is just being replaced is not there for a moment. */
function load(path: string): string {
  for (let tries = 0; tries < 50; tries++) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return '';
}

/** Emptied and written in two pieces. */
function overwrite(path: string, text: string, pause: (upTo: number) => void): void {
  const handle = openSync(path, 'w');
  const half = Math.floor(text.length / 2);
  writeSync(handle, text.slice(0, half));
  pause(1);
  writeSync(handle, text.slice(half));
  closeSync(handle);
}

function ifThere(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

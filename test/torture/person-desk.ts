import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Save } from '../support/checker/check-bytes.ts';
import { blobId } from '../support/checker/git-reader.ts';
import type { Dice } from './dice.ts';
import type { Arena } from './make-arena.ts';
import { spin } from './processes.ts';

/** A person's editor and git in one checkout, with a book of every save. */
export interface PersonDesk {
  readonly home: string;
  /** Adds a line to a file, as an editor would that has read it before. Returns when the bytes are written. */
  save(path: string): void;
  /** What was saved is in the files after a git command of the person's own that merges; other bytes now. */
  acknowledge(): void;
  /** The person settles conflicts: both sides stay. */
  settle(): Promise<void>;
  git(...args: string[]): Promise<{ ok: boolean; out: string; said: string }>;
  readonly saves: readonly Save[];
  /** Paths of all saves. */
  readonly paths: ReadonlySet<string>;
  /** What the person did -> how often. */
  readonly counts: Map<string, number>;
}

/** How every line begins that the person adds. */
const MINE = 'a line of mine';

export function personDesk(arena: Arena, home: string, chance: Dice): PersonDesk {
  const saves: Save[] = [];
  const last = new Map<string, { blob: string; text: string }>();
  const counts = new Map<string, number>();
  const note = (path: string, text: string, before: string | null) => {
    const [blob, replaced] = [blobId(text), before === null ? null : blobId(before)];
    saves.push({ path, blob, replaced, about: `save ${saves.length + 1} at ${new Date().toISOString()}` });
    last.set(path, { blob, text });
  };
  const git: PersonDesk['git'] = (...args) =>
    new Promise((done) =>
      execFile('git', args, { cwd: home, env: arena.personEnv, maxBuffer: 1 << 28 }, (error, out, said) =>
        done({ ok: error === null, out: out.trimEnd(), said }),
      ),
    );
  return {
    home,
    git,
    saves,
    counts,
    get paths() {
      return new Set(last.keys());
    },
    save: (path) => {
      const file = join(home, path);
      const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
      const text = `${before ?? ''}${MINE}, ${saves.length + 1}, in ${path}\n`;
      mkdirSync(dirname(file), { recursive: true });
      write(file, text, chance);
      note(path, text, before);
    },
    acknowledge: () => {
      for (const [path, { blob, text }] of last) {
        const file = join(home, path);
        if (!existsSync(file)) continue;
        const now = readFileSync(file, 'utf8');
        const lines = new Set(now.split('\n'));
        const mine = text.split('\n').filter((line) => line.startsWith(MINE));
        if (blobId(now) !== blob && mine.every((line) => lines.has(line))) note(path, now, text);
      }
    },
    settle: async () => {
      const { out } = await git('diff', '--name-only', '-z', '--diff-filter=U');
      for (const path of new Set(out.split('\0').filter(Boolean))) {
        const file = join(home, path);
        if (existsSync(file)) {
          writeFileSync(file, bothSides(readFileSync(file, 'utf8'), path.startsWith('backlog/')));
        }
        await git('add', '-A', '--', path);
      }
    },
  };
}

/** Without the markers; of keys that a task has twice then, main's stays, which comes first. */
function bothSides(text: string, isTask: boolean): string {
  const both = text.replace(/^(<<<<<<< |=======$|>>>>>>> |\|\|\|\|\|\|\| ).*\n/gm, '');
  const matter = isTask ? /^---\n[\s\S]*?\n---\n/.exec(both)?.[0] : undefined;
  if (matter === undefined) return both;
  const keys = new Set<string>();
  const once = matter.split('\n').filter((line) => {
    const key = /^([a-z-]+):/.exec(line)?.[1];
    if (key === undefined || !keys.has(key)) return keys.add(key ?? '');
    return false;
  });
  return once.join('\n') + both.slice(matter.length);
}

/** Three kinds of editors: write in place, truncate and write, write beside and rename. */
function write(file: string, text: string, chance: Dice): void {
  const how = chance.below(3);
  if (how === 0 && existsSync(file)) {
    const handle = openSync(file, 'r+');
    try {
      // Not in a task file: what a worker writes there in this time would be written over, and be committed so.
      if (!file.includes('/backlog/')) spin(chance.below(800));
      ftruncateSync(handle, 0);
      writeSync(handle, text, 0);
    } finally {
      closeSync(handle);
    }
  } else if (how === 1) writeFileSync(file, text);
  else {
    writeFileSync(`${file}.new`, text);
    spin(chance.below(500));
    renameSync(`${file}.new`, file);
  }
}

import { join } from 'node:path';
import type { IsolationRules } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import type { Mount } from '../../isolate/mount.ts';
import type { ProgramStart } from '../../isolate/none.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { bringLogin } from './bring-login.ts';

/** What a box is made for: a place in bubblewrap or in containers. */
export interface BoxWish {
  /** Becomes the box's own: HOME and the temporary folder are made in it. Not there yet, and only its owner's to see. */
  readonly folder: string;
  readonly rules: IsolationRules;
  /** The work itself: what of the project is in it, at which path. The last one for a path counts. */
  readonly mounts: readonly Mount[];
  /** Files below HOME that are brought as copies. */
  readonly login: readonly string[];
}

/** A place for as many programs as are started there, one after the other or at once. */
export interface Box {
  /** Entries of `isolation: {read: …}` that this machine does not have. */
  readonly missing: readonly string[];
  /** May be called with other mounts than the wish's, when what is at their paths has been replaced. */
  wrap(start: ProgramStart, mounts?: readonly Mount[]): ProgramStart;
  close(): Promise<void>;
}

/** What is the same in every kind of box. */
export interface PreparedBox {
  /** HOME and the temporary folder of the box, as they are called here. */
  readonly own: { readonly home: string; readonly temporary: string };
  /** What the project's `isolation: {read: …}` adds. */
  readonly read: readonly Mount[];
  readonly missing: readonly string[];
}

/**
 * Makes the box's own folders, with the login, and looks for what it is to read.
 *
 * @param home where `~/…` of `read` is
 */
export async function prepareBox(system: System, wish: BoxWish, home: string): Promise<PreparedBox> {
  const { files, environment } = system;
  const own = { home: join(wish.folder, 'home'), temporary: join(wish.folder, 'tmp') };
  for (const folder of [wish.folder, own.home, own.temporary]) {
    await files.makeFolder(folder);
    await files.chmod(folder, 0o700);
  }
  await bringLogin(files, environment.variables['HOME'] ?? '', own.home, wish.login);
  const wanted = wish.rules.read.map((path) => path.replace(/^~(?=\/)/, home));
  const there = await Promise.all(wanted.map((path) => files.realPath(path).catch(() => null)));
  return {
    own,
    read: wanted.filter((_, at) => there[at] !== null).map((at): Mount => ({ kind: 'read', at, from: at })),
    missing: wish.rules.read.filter((_, at) => there[at] === null),
  };
}

/**
 * Starts a program that does nothing, with exactly the box's mounts: afterwards what ends with an error is the program's own.
 *
 * @param limit milliseconds
 * @returns why it does not work here; null: it does. The box is closed then
 */
export async function tryBox(
  system: System,
  box: Box,
  start: ProgramStart,
  { limit, telling }: { readonly limit: number; readonly telling: (lines: readonly string[]) => string },
): Promise<string | null> {
  const tried = await system.processes.run({ ...box.wrap(start), timeLimit: limit });
  if (tried.code === 0) return null;
  await box.close();
  if (tried.timedOut) return 'it did not answer in time';
  const words = plainText(telling(tried.stderr.trim().split('\n'))).slice(0, 300);
  return words || tried.spawnError || `exit ${tried.code}`;
}

/** A machine that cannot isolate as a role asks. */
export function cannotIsolate(why: string, hint: string): RotaError {
  return new RotaError('isolation', `This machine cannot isolate as the role asks: ${why}.`, hint);
}

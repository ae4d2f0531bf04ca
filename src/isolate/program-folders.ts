import { basename, dirname, join, relative } from 'node:path';
import { isWithin } from './mount.ts';

/** Folders beside `bin` that programs of the same prefix run with. */
const BESIDE = ['lib', 'lib64', 'libexec'];
const ANY_HOME = /^(?:\/root|\/(?:home|Users)\/[^/]+)(?=\/|$)/;

/**
 * What a folder of PATH brings along. An installation of its own below a HOME (`~/.nvm/versions/node/v20/bin`) comes whole, and
 * so does what shims belong to; the folders right below HOME (`~/.local`, `~/.cargo`) hold logins and data of others as well:
 * of these, and outside any HOME, only libraries.
 */
export function foldersOfPath(folder: string, home: string): readonly string[] {
  const prefix = dirname(folder);
  const name = basename(folder);
  if (!['bin', 'sbin', 'shims'].includes(name)) return [folder];
  const depth = depthBelowHome(prefix, home);
  if (depth !== null && (depth > 1 || (depth === 1 && name === 'shims'))) return [prefix];
  return depth === 0 ? [folder] : [folder, ...BESIDE.map((beside) => join(prefix, beside))];
}

/** What a program that a link leads to runs with. */
export function foldersOfProgram(file: string, home: string): readonly string[] {
  const modules = /^.*?\/node_modules(?=\/)/.exec(file)?.[0];
  if (modules !== undefined) return [modules];
  const prefix = dirname(dirname(file));
  return basename(dirname(file)) === 'bin' && (depthBelowHome(prefix, home) ?? 0) > 1 ? [prefix] : [file];
}

/** Of this HOME or of somebody else's; null: in none. */
function depthBelowHome(path: string, home: string): number | null {
  const base = isWithin(path, home) ? home : ANY_HOME.exec(path)?.[0];
  if (base === undefined) return null;
  return path === base ? 0 : relative(base, path).split('/').length;
}

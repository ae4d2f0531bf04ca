import { statSync } from 'node:fs';
import type { ProcessSpec } from '../../src/system/ports.ts';

/** A call of a port, as the harness sees it. */
export type PortCall =
  | { readonly port: 'files'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly port: 'git'; readonly name: string; readonly args: readonly string[] }
  | { readonly port: 'processes'; readonly name: 'run' | 'start'; readonly spec: ProcessSpec }
  | { readonly port: 'processTable'; readonly name: 'signal' };

const READING_FILES = new Set(['read', 'readBelow', 'readIfThere', 'list', 'facts', 'readLink', 'realPath']);

const READING_GIT = new Set([
  ...['cat-file', 'check-attr', 'check-ignore', 'diff-index', 'diff-tree', 'for-each-ref', 'log', 'ls-files'],
  ...['ls-remote', 'ls-tree', 'merge-base', 'rev-list', 'rev-parse', 'show', 'var'],
]);

/**
 * Whether a call may change something outside this process. An allow-list of what only reads: a call that is not known here
 * counts as changing.
 */
export function isChanging(call: PortCall): boolean {
  switch (call.port) {
    case 'files':
      return !READING_FILES.has(call.name) && !(call.name === 'makeFolder' && isFolder(String(call.args[0])));
    case 'git':
      return !isReadingGit(call.args);
    case 'processes':
      return call.name === 'start' || !isReadingProgram(call.spec.argv);
    case 'processTable':
      return true;
    default:
      return call satisfies never;
  }
}

/** The command and its arguments, without the options that come before it. */
export function gitCommand(args: readonly string[]): readonly string[] {
  let at = 0;
  while (args[at]?.startsWith('-')) at += args[at] === '-c' || args[at] === '-C' ? 2 : 1;
  return args.slice(at);
}

function isReadingGit(args: readonly string[]): boolean {
  const [command = '', ...rest] = gitCommand(args);
  if (READING_GIT.has(command)) return true;
  if (command === 'config')
    return rest.some((arg) => ['--get', '--get-regexp', '--list', '--bool'].includes(arg));
  if (command === 'worktree') return rest[0] === 'list';
  // With one name it is asked; with two it is set.
  return command === 'symbolic-ref' && rest.filter((arg) => !arg.startsWith('-')).length === 1;
}

/** Finding the repository, and versions of tools. */
function isReadingProgram(argv: readonly string[]): boolean {
  return (argv[0] === 'git' && gitCommand(argv.slice(1))[0] === 'rev-parse') || argv.at(-1) === '--version';
}

/** Making a folder that is there does nothing. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

import type { Command } from '../config.ts';

/** What the gate's commands call, as far as can be read from them and from the scripts of package.json. */
export interface GateCalls {
  /** Name of a script (with `*` where a command has one) -> the gate command that leads to it. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Every word of every command, and what follows an `=` in it -> the gate command that leads to it. */
  readonly words: ReadonlyMap<string, string>;
  /** Whether a command works in another folder, where other package.json files count. */
  readonly elsewhere: boolean;
}

/** Commands of one project are few; a script that calls itself must end, too. */
const MOST_COMMANDS = 2000;

/** Follows commands into scripts; every script is followed once. */
export function gateCalls(commands: readonly Command[], scripts: ReadonlyMap<string, string>): GateCalls {
  const calls = { scripts: new Map<string, string>(), words: new Map<string, string>(), elsewhere: false };
  const followed = new Set<string>();
  const queue = commands.map((command) => ({ command, from: shown(command) }));
  for (let at = 0; at < queue.length && at < MOST_COMMANDS; at++) {
    const { command, from } = queue[at]!;
    for (const words of simpleCommands(command)) {
      for (const word of words) for (const part of partsOf(word)) keep(calls.words, part, from);
      if (leavesFolder(words)) calls.elsewhere = true;
      for (const name of scriptNames(words)) for (const each of around(name)) keep(calls.scripts, each, from);
    }
    for (const [name, script] of scripts) {
      const call = callOf(calls, name);
      if (call === null || followed.has(name)) continue;
      followed.add(name);
      queue.push({ command: script, from: call });
    }
  }
  return calls;
}

/** The gate command that leads to a script; null: none does. */
export function callOf({ scripts }: Pick<GateCalls, 'scripts'>, name: string): string | null {
  const exact = scripts.get(name);
  if (exact !== undefined) return exact;
  for (const [pattern, from] of scripts) if (pattern.includes('*') && matchesStar(pattern, name)) return from;
  return null;
}

function keep(map: Map<string, string>, key: string, from: string): void {
  if (key !== '' && !map.has(key)) map.set(key, from);
}

function shown(command: Command): string {
  return typeof command === 'string' ? command.trim().replace(/\s+/g, ' ') : command.join(' ');
}

/** A package manager runs the scripts beside a script's name, too. */
function around(name: string): string[] {
  return [name, `pre${name}`, `post${name}`];
}

/** Words of each command in a shell text; a quoted word with spaces may be a command itself (`sh -c "npm test"`). */
function simpleCommands(command: Command, depth = 0): string[][] {
  const texts = typeof command === 'string' ? wordsOf(command) : [[...command]];
  const inner = texts
    .flat()
    .filter((word) => /\s/.test(word))
    .flatMap((word) => (depth < 3 ? simpleCommands(word, depth + 1) : []));
  return [...texts, ...inner];
}

/** Not a shell: words between spaces and operators, without their quotes. */
function wordsOf(text: string): string[][] {
  const commands: string[][] = [[]];
  const token = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;&|()`"'\\])+|[;&|()`\n]/gs;
  for (const [word] of text.matchAll(token)) {
    if (/^[;&|()`\n]$/.test(word)) commands.push([]);
    else commands.at(-1)!.push(word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs, '$1$2$3'));
  }
  return commands.filter((words) => words.length > 0);
}

/** `./x` is `x`; `--config=x`, `A=x` and `-m a.b` name `x` and `a/b`. */
function partsOf(word: string): string[] {
  const value = word.slice(word.indexOf('=') + 1);
  const plain = [word, value].map((each) => each.replace(/^(?:\.\/)+/, ''));
  const module = /^[\w]+(?:\.[\w]+)+$/.test(word) ? [word.replaceAll('.', '/')] : [];
  return [...new Set([...plain, ...module])];
}

const MANAGERS =
  /^(?:npm|pnpm|yarn|yarnpkg|bun|cnpm|npm-run-all2?|run-s|run-p|wsrun|turbo|nx|lerna|moon|ultra)$/;
const INSTALLS = /^(?:ci|install|i|add|clean-install|install-test|it|cit|install-clean|rebuild)$/;
const LIFECYCLE = ['install', 'prepare', 'prepublish', 'dependencies'];

/** Every word that a package manager could take for a script: those that are none match nothing. */
function scriptNames(words: readonly string[]): string[] {
  const names = words.flatMap((word) => /^(?:npm|pnpm|yarn|bun):(.+)$/.exec(word)?.[1] ?? []);
  const run = words.indexOf('--run');
  if (run !== -1 && words[run + 1] !== undefined) names.push(words[run + 1]!);
  const at = words.findIndex((word) => MANAGERS.test(toolName(word)));
  if (at === -1) return names;
  const end = words.indexOf('--', at);
  const given = words.slice(at + 1, end === -1 ? undefined : end).filter((word) => !word.startsWith('-'));
  names.push(...given.map((word) => (/^(?:t|tst|it|cit|install-test)$/.test(word) ? 'test' : word)));
  const bare = given.length === 0 && /^(?:yarn|yarnpkg)$/.test(toolName(words[at]!));
  if (bare || given.some((word) => INSTALLS.test(word))) names.push(...LIFECYCLE);
  return names;
}

/** `node_modules/.bin/npm` and `npm.cmd` are npm. */
export function toolName(word: string): string {
  return word
    .slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.(?:cmd|exe|ps1)$/, '');
}

function leavesFolder(words: readonly string[]): boolean {
  return words.some((word, at) => {
    if (at === 0 && /^(?:cd|pushd)$/.test(word)) return true;
    if (/^(?:turbo|nx|lerna|wsrun|moon|ultra)$/.test(toolName(word))) return true;
    return /^(?:-w|-ws|-r|-C|--(?:workspaces?|prefix|cwd|dir|recursive|filter|include)(?:=.*)?|workspaces?)$/.test(
      word,
    );
  });
}

function matchesStar(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*');
  return new RegExp(`^${escaped}$`, 's').test(name);
}

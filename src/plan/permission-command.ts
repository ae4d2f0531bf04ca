import { forbiddenGit } from './permission-git.ts';
import { type ShellCommand, shellCommands } from './shell-words.ts';

/** Longer than what anybody types: what is behind it is not looked at, and not run. */
const LONGEST = 64 * 1024;
/** Programs that run what stands behind their own options. */
const WRAPPERS = new Set([
  'sudo',
  'env',
  'command',
  'exec',
  'nohup',
  'time',
  'nice',
  'setsid',
  'xargs',
  'then',
  'do',
  'else',
  'if',
  'while',
  '!',
  'eval',
]);
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash']);
const DEEPEST = 4;

/**
 * Why an agent must not run a command, one clause; null: it may. The protocol of every prompt rules out pushing, merging,
 * other branches, git's configuration and rota's own locks and landings; so these are refused where they stand as they are
 * usually written. Who wants to hide them can: it is a shell.
 */
export function forbiddenCommand(command: string | readonly string[], depth = 0): string | null {
  const size = typeof command === 'string' ? command.length : command.join(' ').length;
  if (size > LONGEST) return `a command of ${size} characters is not looked through`;
  const commands = typeof command === 'string' ? shellCommands(command) : [{ words: command, below: '' }];
  for (const one of commands) {
    const reason = whyNot(one, depth);
    if (reason !== null) return reason;
  }
  return null;
}

function whyNot({ words: given, below }: ShellCommand, depth: number): string | null {
  const words = withoutWrappers(given);
  const [program = '', ...rest] = words;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (SHELLS.has(name)) return depth > DEEPEST ? null : forbiddenCommand(scriptOf(rest) ?? below, depth + 1);
  const forbidden = forbiddenBy(name, rest);
  return forbidden === null ? null : ruledOut(forbidden);
}

function forbiddenBy(name: string, args: readonly string[]): string | null {
  if (name === 'git') return forbiddenGit(args);
  const [first = '', second = ''] = args.filter((arg) => !arg.startsWith('-'));
  if (name === 'rota') return first === '' || LOOKING.has(first) ? null : `rota ${first.slice(0, 40)}`;
  return name === 'gh' && first === 'pr' && GH_CHANGES.has(second) ? `gh pr ${second}` : null;
}

/** What stands behind `-c`. */
function scriptOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word));
  return at === -1 ? undefined : args[at + 1];
}

/** Assignments and programs in front of the one that counts. */
function withoutWrappers(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at]!;
    const name = word.slice(word.lastIndexOf('/') + 1);
    if (/^[A-Za-z_]\w*=/.test(word)) at++;
    else if (WRAPPERS.has(name)) {
      at++;
      while (words[at]?.startsWith('-')) at++;
    } else break;
  }
  return words.slice(at);
}

const LOOKING = new Set([
  ...['list', 'show', 'next', 'status', 'check', 'log', 'why', 'usage', 'prompt', 'help'],
]);
const GH_CHANGES = new Set(['create', 'merge', 'close', 'edit', 'ready', 'reopen', 'review']);

function ruledOut(name: string): string {
  return `\`${name}\`: the protocol rules it out`;
}

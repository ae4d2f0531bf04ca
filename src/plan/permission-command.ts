import { shellCommands } from './shell-words.ts';

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
const RULED_OUT = 'the protocol rules it out';

/**
 * Why an agent must not run a command, one clause; null: it may. The protocol of every prompt rules out pushing, merging,
 * other branches, git's configuration and rota's own locks and landings; so these are refused where they stand as they are
 * usually written. Who wants to hide them can: it is a shell.
 */
export function forbiddenCommand(command: string | readonly string[], depth = 0): string | null {
  const size = typeof command === 'string' ? command.length : command.join(' ').length;
  if (size > LONGEST) return `a command of ${size} characters is not looked through`;
  const commands = typeof command === 'string' ? shellCommands(command) : [[...command]];
  for (const words of commands) {
    const reason = whyNot(words, depth);
    if (reason !== null) return reason;
  }
  return null;
}

function whyNot(given: readonly string[], depth: number): string | null {
  const words = withoutWrappers(given);
  const [program = '', ...rest] = words;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (SHELLS.has(name)) {
    const at = rest.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word));
    const text = rest[at + 1];
    return at === -1 || text === undefined || depth > 4 ? null : forbiddenCommand(text, depth + 1);
  }
  if (name === 'git') return whyNotGit(rest);
  if (name === 'rota')
    return LOOKING.has(rest.find(isWord) ?? '') || rest.length === 0 ? null : ruledOut('rota', rest);
  if (name === 'gh' && rest[0] === 'pr' && GH_CHANGES.has(rest[1] ?? ''))
    return ruledOut('gh pr', rest.slice(1));
  return null;
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

const LOOKING = new Set(['list', 'show', 'next', 'status', 'check', 'log', 'why', 'prompt', 'help']);
const GH_CHANGES = new Set(['create', 'merge', 'close', 'edit', 'ready', 'reopen', 'review']);
const GIT_NEVER = new Set([
  ...[
    'push',
    'send-pack',
    'pull',
    'merge',
    'rebase',
    'switch',
    'update-ref',
    'symbolic-ref',
    'worktree',
    'replace',
  ],
  ...['filter-branch', 'gc', 'prune', 'repack', 'submodule', 'credential', 'daemon', 'maintenance', 'bisect'],
]);

function whyNotGit(args: readonly string[]): string | null {
  const [command, ...rest] = gitCommand(args);
  if (command === undefined) return null;
  if (GIT_NEVER.has(command)) return isEndingOne(command, rest) ? null : ruledOut(`git ${command}`, []);
  switch (command) {
    case 'checkout':
      return rest.some((word) => /^(?:-[bB]|--orphan|--detach|-t|--track)$/.test(word)) ||
        isBranch(rest.filter(isWord)[0], rest)
        ? ruledOut('git checkout', rest)
        : null;
    case 'branch':
      return rest.some((word) =>
        /^(?:-[dDmMcCfu]|--(?:delete|move|copy|force|set-upstream.*|unset-upstream|edit-description))/.test(
          word,
        ),
      ) ||
        (rest.some(isWord) &&
          !rest.some((word) =>
            /^(?:-l|-a|-r|--(?:list|contains|no-contains|merged|no-merged|points-at|show-current|all|remotes)\b)/.test(
              word,
            ),
          ))
        ? ruledOut('git branch', rest)
        : null;
    case 'config':
      return rest.some((word) => /^(?:--(?:get.*|list)|-l|get|list)$/.test(word)) ||
        rest.filter(isWord).length === 1
        ? null
        : ruledOut('git config', rest);
    case 'remote':
      return /^(?:add|rename|remove|rm|set-.*|prune|update)$/.test(rest.find(isWord) ?? '')
        ? ruledOut('git remote', rest)
        : null;
    case 'tag':
      return rest.some((word) => /^(?:-[adfsmu]|--(?:delete|annotate|force|sign))/.test(word)) ||
        (rest.some(isWord) && !rest.some((word) => /^(?:-[ln]|--(?:list|contains|points-at))/.test(word)))
        ? ruledOut('git tag', rest)
        : null;
    case 'stash':
      return /^(?:list|show)$/.test(rest.find(isWord) ?? '') ? null : ruledOut('git stash', rest);
    case 'reflog':
      return /^(?:expire|delete)$/.test(rest[0] ?? '') ? ruledOut('git reflog', rest) : null;
    default:
      return null;
  }
}

/** Git's command and its arguments, without the options that come before it. */
function gitCommand(args: readonly string[]): readonly string[] {
  let at = 0;
  while (args[at]?.startsWith('-'))
    at += /^(?:-[cC]|--(?:git-dir|work-tree|namespace|exec-path|config-env))$/.test(args[at]!) ? 2 : 1;
  return args.slice(at);
}

/** What ends or only shows something is fine: `merge --abort`, `rebase --continue`, `worktree list`. */
function isEndingOne(command: string, rest: readonly string[]): boolean {
  if (command === 'worktree') return rest[0] === 'list';
  if (command === 'submodule') return rest[0] === undefined || rest[0] === 'status';
  if (command === 'symbolic-ref') return rest.filter(isWord).length === 1 && !rest.includes('-d');
  return (
    (command === 'merge' || command === 'rebase') &&
    rest.length === 1 &&
    /^--(?:abort|continue|quit|skip)$/.test(rest[0]!)
  );
}

/** The names that main usually has: `checkout` takes paths as well, and nobody can tell by the word alone. */
function isBranch(word: string | undefined, rest: readonly string[]): boolean {
  return (
    word !== undefined &&
    rest[0] !== '--' &&
    rest.length === 1 &&
    /^(?:(?:origin\/)?(?:main|master|trunk|develop)|-)$/.test(word)
  );
}

function isWord(word: string): boolean {
  return !word.startsWith('-');
}

function ruledOut(name: string, rest: readonly string[]): string {
  const shown = [name, rest.find(isWord) ?? ''].join(' ').trim();
  return `\`${shown.slice(0, 80)}\`: ${RULED_OUT}`;
}

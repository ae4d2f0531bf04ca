/** Whether the arguments of a git command are ruled out by the protocol; a command that is not here is free. */
const RULES: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  push: always,
  'send-pack': always,
  pull: always,
  switch: always,
  bisect: always,
  'update-ref': always,
  replace: always,
  'filter-branch': always,
  gc: always,
  prune: always,
  repack: always,
  maintenance: always,
  credential: always,
  daemon: always,
  merge: unlessEnding,
  rebase: unlessEnding,
  worktree: (args) => args[0] !== 'list',
  submodule: (args) => args[0] !== undefined && args[0] !== 'status',
  'symbolic-ref': (args) =>
    args.filter(isWord).length !== 1 || args.some((arg) => /^(?:-d|--delete)$/.test(arg)),
  checkout: (args) =>
    args.some((arg) => /^(?:-[bBt]|--orphan|--detach|--track)/.test(arg)) ||
    (args.length === 1 && isBranch(args[0]!)),
  branch: (args) =>
    args.some((arg) =>
      /^(?:-[dDmMcCfu]|--(?:delete|move|copy|force|(?:un)?set-upstream|edit-description))/.test(arg),
    ) ||
    (args.some(isWord) &&
      !args.some((arg) =>
        /^(?:-[lar]|--(?:list|all|remotes|(?:no-)?contains|(?:no-)?merged|points-at))/.test(arg),
      )),
  tag: (args) =>
    args.some((arg) => /^(?:-[adfsmuF]|--(?:delete|annotate|force|sign))/.test(arg)) ||
    (args.some(isWord) &&
      !args.some((arg) => /^(?:-[ln]|--(?:list|(?:no-)?contains|(?:no-)?merged|points-at))/.test(arg))),
  config: (args) =>
    !args.some((arg) => /^(?:--get.*|--list|-l|get|list)$/.test(arg)) &&
    (args.filter(isWord).length !== 1 ||
      args.some((arg) => /^(?:-e|--(?:edit|unset|add|replace|re|rename|remove))/.test(arg))),
  remote: (args) => /^(?:add|rename|remove|rm|set-.*|prune|update)$/.test(args.find(isWord) ?? ''),
  stash: (args) => !/^(?:list|show)$/.test(args.find(isWord) ?? ''),
  reflog: (args) => /^(?:expire|delete|drop)$/.test(args[0] ?? ''),
};

/**
 * The git command that the protocol rules out among the arguments of `git`, as `git push`; null: none. What only looks, commits, or
 * ends a merge that went wrong is free.
 */
export function forbiddenGit(args: readonly string[]): string | null {
  let at = 0;
  while (args[at]?.startsWith('-'))
    at += /^(?:-[cC]|--(?:git-dir|work-tree|namespace|exec-path|config-env))$/.test(args[at]!) ? 2 : 1;
  const command = args[at];
  if (command === undefined || !Object.hasOwn(RULES, command)) return null;
  return RULES[command]!(args.slice(at + 1)) ? `git ${command}` : null;
}

function always(): boolean {
  return true;
}

function unlessEnding(args: readonly string[]): boolean {
  return args.length !== 1 || !/^--(?:abort|continue|quit|skip)$/.test(args[0]!);
}

/** The names that main usually has: `checkout` takes paths as well, and nobody can tell by the word alone. */
function isBranch(word: string): boolean {
  return /^(?:(?:origin\/)?(?:main|master|trunk|develop)|-)$/.test(word);
}

function isWord(word: string): boolean {
  return !word.startsWith('-');
}

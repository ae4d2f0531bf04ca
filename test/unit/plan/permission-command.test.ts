import { describe, expect, test } from 'vitest';
import { forbiddenCommand } from '../../../src/plan/permission-command.ts';
import { shellCommands } from '../../../src/plan/shell-words.ts';

describe('words of a shell', () => {
  test.each([
    ['npm test', [['npm', 'test']]],
    ['a && b || c; d | e & f\ng', [['a'], ['b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
    [`echo 'a b' "c d" e\\ f`, [['echo', 'a b', 'c d', 'e f']]],
    [`echo "git push"`, [['echo', 'git push']]],
    ['gi"t" pu\'sh\'', [['git', 'push']]],
    ['git \\\n push', [['git', 'push']]],
    ['# git push\nls', [['ls']]],
    ['echo a#b', [['echo', 'a#b']]],
    [
      '(cd x && git push)',
      [
        ['cd', 'x'],
        ['git', 'push'],
      ],
    ],
    ['x=$(git push)', [['x=$'], ['git', 'push']]],
    [
      'echo "$(git push)"',
      [
        ['echo', ''],
        ['git', 'push'],
      ],
    ],
    [
      'echo "$(echo $(git push))"',
      [
        ['echo', ''],
        ['echo', '$'],
        ['git', 'push'],
      ],
    ],
    [
      'echo `git push`',
      [
        ['echo', ''],
        ['git', 'push'],
      ],
    ],
    [
      'echo "`git push`"',
      [
        ['echo', ''],
        ['git', 'push'],
      ],
    ],
    ["cat > x <<'END'\ngit push\nEND\nls", [['cat', 'x'], ['ls']]],
    ['cat <<A <<-"B" && ls\na\nA\nb\n  B\nls x', [['cat'], ['ls'], ['ls', 'x']]],
    ['cat <<END\ngit push', [['cat']]],
    ['cat <<<x', [['cat', 'x']]],
    ['git log 2>&1', [['git', 'log', '2'], ['1']]],
    ['echo HEAD@{1}', [['echo', 'HEAD@{1}']]],
    ["echo 'open", [['echo', 'open']]],
    ['echo "open', [['echo', 'open']]],
    ['echo `open', [['echo', ''], ['open']]],
    ['', []],
    ['\\', [['']]],
  ])('%j', (text, commands) => {
    expect(shellCommands(text).map(({ words }) => words)).toEqual(commands);
  });

  test('nesting without end is bounded', () => {
    const deep = `${'echo "$('.repeat(2000)}git push${')"'.repeat(2000)}`;
    expect(shellCommands(deep).length).toBeLessThan(20);
  });
});

describe('what the protocol rules out', () => {
  test.each([
    ...[
      'git push',
      'git push origin main',
      'git -C /x push',
      'git -c a.b=c push --force',
      '/usr/bin/git push',
    ],
    ...[
      'git --git-dir /x/.git push',
      'git --no-pager push',
      'env GIT_DIR=/x git push',
      'FOO=1 git push',
      'sudo -E git push',
    ],
    ...[
      'npm test && git push',
      'npm test; git push',
      'git add . && git commit -m x && git push',
      'ls | xargs git push',
    ],
    ...[
      'if true; then git push; fi',
      'for x in a; do git push; done',
      '(git push)',
      '{ git push; }',
      'time git push',
    ],
    ...['sh -c "git push"', "bash -lc 'cd x && git push'", 'bash -ec "sh -c \'git push\'"', 'eval git push'],
    ...[
      'echo $(git push)',
      'echo "`git push`"',
      'nohup git push &',
      '! git push',
      'gi\\t push',
      'bash <<END\ngit push\nEND',
      "sh -e <<'X'\nnpm test\ngit push\nX",
      "'git' 'push'",
    ],
    ...[
      'git pull',
      'git merge main',
      'git rebase main',
      'git switch main',
      'git checkout main',
      'git checkout -b x',
      'git checkout -',
    ],
    ...[
      'git checkout origin/main',
      'git checkout -B main',
      'git checkout --detach',
      'git update-ref refs/heads/main HEAD',
    ],
    ...[
      'git symbolic-ref HEAD refs/heads/main',
      'git branch -f main',
      'git branch -D main',
      'git branch -m main x',
      'git branch x',
    ],
    ...[
      'git config user.name x',
      'git config --global core.hooksPath /x',
      'git config set a.b c',
      'git config --unset a.b',
    ],
    ...[
      'git remote add x y',
      'git remote set-url origin x',
      'git worktree add ../x',
      'git stash',
      'git stash pop',
      'git tag v1',
      'git tag -d v1',
    ],
    ...[
      'git reflog expire --all',
      'git gc',
      'git replace a b',
      'git submodule add x',
      'git submodule update',
      'git send-pack x',
    ],
    ...[
      'rota land A1',
      'rota unlock A1',
      'rota run developer',
      'rota --json sweep',
      'gh pr create',
      'gh pr merge 3',
    ],
  ])('%s', (command) => {
    expect(forbiddenCommand(command)).toMatch(/^`(?:git|rota|gh)[^`]*`: the protocol rules it out$/);
  });

  test.each([
    ['git', 'push'],
    ['/usr/bin/git', '-C', 'x', 'push'],
    ['env', 'A=1', 'git', 'push'],
    ['bash', '-c', 'git push'],
    ['sh', '-xc', 'npm test && git push'],
  ])('%j, as a program with arguments', (...argv) => {
    expect(forbiddenCommand(argv)).toMatch(/^`git push`/);
  });

  test('a command of absurd length is not looked through', () => {
    expect(forbiddenCommand('x'.repeat(70_000))).toBe('a command of 70000 characters is not looked through');
    expect(forbiddenCommand(['x', 'y'.repeat(70_000)])).toContain('not looked through');
  });
});

describe('what agents need', () => {
  test.each([
    ...[
      'npm test',
      'npm test --silent 2>&1 | tail -n 20',
      'node --test',
      'make',
      'cargo test',
      'ls -la',
      'rm -rf dist',
    ],
    ...[
      'git status',
      'git diff',
      'git log --oneline -1',
      'git add -A',
      "git commit -q -m 'feat: push things'",
      'git show HEAD',
    ],
    ...[
      'git commit --amend',
      'git reset --hard HEAD~1',
      'git restore src',
      'git checkout -- src/a.ts',
      'git checkout src/a.ts',
    ],
    ...[
      'git checkout HEAD -- main',
      'git rm x',
      'git mv a b',
      'git merge-base a b',
      'git merge --abort',
      'git rebase --abort',
    ],
    ...[
      'git branch',
      'git branch --show-current',
      'git branch -a',
      'git branch --contains HEAD',
      'git config user.name',
      'git config --get a.b',
    ],
    ...[
      'git config --list',
      'git remote -v',
      'git remote',
      'git worktree list',
      'git stash list',
      'git tag',
      'git tag -l "v*"',
      'git reflog',
    ],
    ...[
      'git symbolic-ref HEAD',
      'git submodule status',
      'git fetch',
      'git rev-parse HEAD',
      'git',
      'git --version',
      'git blame a',
    ],
    ...[
      'echo "git push"',
      'grep -rn "git push" docs',
      'npm run git -- push',
      'echo git push',
      'cat git push',
      'rota list',
      'rota show A1',
      'rota usage --by day',
      'rota',
    ],
    ...[
      'cat > "$ROTA_RESULT" <<\'END\'\n---\noutcome: done\n---\nI did not push.\nEND',
      'gh pr view',
      'gh issue list',
      'bash script.sh',
      'sh',
    ],
  ])('%s', (command) => {
    expect(forbiddenCommand(command)).toBe(null);
  });
});

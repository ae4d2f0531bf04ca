/** Read by package managers, shells, agents, git tools and build servers, in any folder. */
const NAMES = new Set([
  ...[
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pnpmfile.cjs',
    '.pnpmfile.mjs',
    '.envrc',
    '.mcp.json',
    '.autoenv',
  ],
  ...['.pre-commit-config.yaml', 'lefthook.yml', '.lefthook.yml', 'lefthook.yaml', '.lintstagedrc'],
  ...['.gitlab-ci.yml', '.travis.yml', '.drone.yml', 'jenkinsfile', 'azure-pipelines.yml'],
  ...['bitbucket-pipelines.yml', 'opencode.json', 'opencode.jsonc', '.aider.conf.yml', '.cursorrules'],
]);
const FOLDERS = new Set([
  ...['.claude', '.codex', '.gemini', '.cursor', '.windsurf', '.opencode', '.continue', '.devcontainer'],
  ...['.vscode', '.idea', '.zed', '.fleet', '.husky', '.githooks', '.circleci', '.buildkite', '.yarn'],
]);

/**
 * The part of a path that makes programs of other people run what it says, as soon as they open, enter, install or push
 * (`.vscode`, `.envrc`, `.npmrc`, workflows); null: it is an ordinary file. In any case of letters, as file systems read it.
 */
export function startupPart(path: string): string | null {
  const parts = path.split('/');
  const lower = parts.map((part) => part.toLowerCase());
  for (const [at, part] of lower.entries()) {
    const last = at === lower.length - 1;
    if (last ? NAMES.has(part) || part.endsWith('.code-workspace') : FOLDERS.has(part)) return parts[at]!;
    if (part === '.github' && ['workflows', 'actions'].includes(lower[at + 1] ?? '')) return parts[at]!;
  }
  return null;
}

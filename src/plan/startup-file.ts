/** Read by package managers, shells, agents, editors, git tools and build servers, in any folder. */
const NAMES = new Set([
  // package managers and tools that run something on every start
  ...['.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', '.pnpmfile.mjs', '.pnp.cjs', '.pnp.loader.mjs'],
  ...['bunfig.toml', '.bazelrc', 'pip.conf', '.pypirc', '.netrc', '.condarc', '.gemrc', '.bowerrc'],
  ...['gradle-wrapper.jar', 'gradle-wrapper.properties', 'sitecustomize.py', 'usercustomize.py'],
  // shells and environments
  ...['.envrc', '.autoenv', '.autoenv.zsh', 'mise.toml', '.mise.toml', 'mise.local.toml', '.rtx.toml'],
  // agents
  ...['.mcp.json', '.claude.json', 'opencode.json', 'opencode.jsonc', 'crush.json', '.crush.json'],
  ...['.aider.conf.yml', '.cursorrules', '.windsurfrules', '.clinerules', '.goosehints', '.roomodes'],
  // editors
  ...['.exrc', '.vimrc', '.nvimrc', '.nvim.lua', '.lvimrc', '.dir-locals.el', '.devcontainer.json'],
  ...['.gitpod.yml', '.replit'],
  // git tools
  ...['.pre-commit-config.yaml', '.pre-commit-hooks.yaml', 'lefthook.yml', '.lefthook.yml', 'lefthook.yaml'],
  ...['.lefthook.yaml', 'lefthook-local.yml', '.lintstagedrc', '.overcommit.yml', '.huskyrc', '.gitconfig'],
  // build servers
  ...['.gitlab-ci.yml', '.travis.yml', '.drone.yml', 'jenkinsfile', 'azure-pipelines.yml', 'cloudbuild.yaml'],
  ...['bitbucket-pipelines.yml', 'appveyor.yml', '.appveyor.yml', '.cirrus.yml', '.woodpecker.yml'],
  ...['buildspec.yml', 'renovate.json', 'renovate.json5', '.renovaterc', '.renovaterc.json'],
]);
const FOLDERS = new Set([
  ...['.claude', '.codex', '.gemini', '.cursor', '.windsurf', '.opencode', '.continue', '.devcontainer'],
  ...['.roo', '.clinerules', '.kilocode', '.amazonq', '.junie', '.qwen', '.crush', '.factory', '.augment'],
  ...['.vscode', '.idea', '.zed', '.fleet', '.vs', '.husky', '.githooks', '.hooks'],
  ...['.circleci', '.buildkite', '.woodpecker', '.semaphore', '.teamcity', '.tekton', '.gitlab'],
  ...['.yarn', '.cargo', '.mvn', '.bundle', '.mise', '.direnv'],
]);
/** Forges: the folder has much else in it. */
const FORGES = new Set(['.github', '.forgejo', '.gitea']);
const OF_FORGES = /^(?:workflows|actions|dependabot\.ya?ml|renovate\.json5?|copilot-instructions\.md)$/;

/**
 * The part of a path that makes programs of other people run what it says, as soon as they open, enter, install or push
 * (`.vscode`, `.envrc`, `.npmrc`, workflows); null: it is an ordinary file. In any case of letters, as file systems read it.
 */
export function startupPart(path: string): string | null {
  const parts = path.split('/');
  const lower = parts.map((part) => part.toLowerCase());
  for (const [at, part] of lower.entries()) {
    const last = at === lower.length - 1;
    if (last ? isName(part) : FOLDERS.has(part)) return parts[at]!;
    if (FORGES.has(part) && OF_FORGES.test(lower[at + 1] ?? '')) return parts[at]!;
  }
  return null;
}

function isName(name: string): boolean {
  return (
    NAMES.has(name) || /\.(?:code-workspace|sublime-project)$/.test(name) || /^\.lintstagedrc\./.test(name)
  );
}

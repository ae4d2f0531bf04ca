/** What a package manager writes, and the manifests that give it reason to. Names in small letters. */
interface LockKind {
  readonly locks: readonly string[];
  readonly manifests: readonly string[];
  /** Where it fetches from when nobody says otherwise. */
  readonly registries: readonly string[];
}

const NPM = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
];
const KINDS: readonly LockKind[] = [
  {
    locks: [...NPM, '.pnp.cjs', '.pnp.data.json'],
    manifests: ['package.json', 'pnpm-workspace.yaml'],
    registries: ['https://registry.npmjs.org', 'https://registry.yarnpkg.com'],
  },
  {
    locks: ['deno.lock'],
    manifests: ['deno.json', 'deno.jsonc', 'package.json'],
    registries: ['https://registry.npmjs.org', 'https://jsr.io', 'https://deno.land'],
  },
  {
    locks: ['cargo.lock'],
    manifests: ['cargo.toml'],
    registries: ['registry+https://github.com'],
  },
  {
    locks: ['poetry.lock', 'uv.lock', 'pdm.lock', 'pylock.toml'],
    manifests: ['pyproject.toml'],
    registries: ['https://pypi.org', 'https://files.pythonhosted.org'],
  },
  { locks: ['pipfile.lock'], manifests: ['pipfile'], registries: ['https://pypi.org'] },
  { locks: ['go.sum'], manifests: ['go.mod'], registries: [] },
  { locks: ['go.work.sum'], manifests: ['go.work', 'go.mod'], registries: [] },
  {
    locks: ['gemfile.lock', 'gems.locked'],
    manifests: ['gemfile', 'gems.rb'],
    registries: ['https://rubygems.org'],
  },
  {
    locks: ['composer.lock'],
    manifests: ['composer.json'],
    registries: ['https://api.github.com', 'https://github.com'],
  },
  { locks: ['flake.lock'], manifests: ['flake.nix'], registries: [] },
  { locks: ['mix.lock'], manifests: ['mix.exs'], registries: [] },
  { locks: ['pubspec.lock'], manifests: ['pubspec.yaml'], registries: ['https://pub.dev'] },
  { locks: ['podfile.lock'], manifests: ['podfile'], registries: [] },
  { locks: ['package.resolved'], manifests: ['package.swift'], registries: [] },
  { locks: ['packages.lock.json'], manifests: ['*.csproj', '*.fsproj', '*.props'], registries: [] },
  {
    locks: ['gradle.lockfile'],
    manifests: ['build.gradle', 'build.gradle.kts', 'libs.versions.toml'],
    registries: [],
  },
];

/** The kind of lock file at a path, by its name in any case of letters; null: it is none. */
export function lockKind(path: string): LockKind | null {
  const name = nameOf(path);
  return KINDS.find(({ locks }) => locks.includes(name)) ?? null;
}

export function isLockFile(path: string): boolean {
  return lockKind(path) !== null;
}

/** Whether `path` is a manifest of this kind in the lock file's folder or, for workspaces, below it. */
export function isManifestOf(kind: LockKind, lock: string, path: string): boolean {
  const folder = lock.slice(0, lock.lastIndexOf('/') + 1);
  if (!path.startsWith(folder)) return false;
  const name = nameOf(path);
  return kind.manifests.some((manifest) =>
    manifest.startsWith('*') ? name.endsWith(manifest.slice(1)) : name === manifest,
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

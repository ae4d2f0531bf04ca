import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Command } from '../../config.ts';
import { baseEnvironment } from '../../isolate/base-environment.ts';
import type { NeutralPlace } from '../../store/neutral.ts';
import type { System } from '../../system/ports.ts';

/** Files that say what setup installs, by name, in any folder. */
const MANIFESTS = new Set(
  [
    'package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock bun.lockb',
    'deno.json deno.lock .npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs .nvmrc .node-version .tool-versions mise.toml lerna.json',
    'Cargo.toml Cargo.lock rust-toolchain rust-toolchain.toml go.mod go.sum go.work go.work.sum',
    'pyproject.toml setup.py setup.cfg uv.lock poetry.lock pdm.lock Pipfile Pipfile.lock .python-version environment.yml',
    'Gemfile Gemfile.lock .ruby-version composer.json composer.lock mix.exs mix.lock pubspec.yaml pubspec.lock',
    'pom.xml build.gradle build.gradle.kts settings.gradle gradle.lockfile libs.versions.toml Podfile Podfile.lock',
    'Package.swift Package.resolved packages.lock.json Directory.Packages.props flake.nix flake.lock',
  ].flatMap((line) => line.split(' ')),
);
const REQUIREMENTS = /^(?:requirements|constraints).*\.(?:txt|in)$/;
/** Patches of dependencies (patch-package, pnpm, yarn). */
const PATCH = /(?:^|\/)(?:patches|\.yarn\/patches)\//;
/** What others run on, whether setup names it or not. */
const RUNTIMES = ['node', 'python3', 'rustc', 'go', 'ruby', 'java'];

/**
 * What the outcome of setup depends on, as a short text: the files of the tree that say what is installed, the files that
 * the setup commands name, the commands, the programs on PATH that they name, the kind of machine, the umask and what isolates them. Setup
 * that reads anything else of the tree (generating code from sources) belongs into the gate's commands.
 */
export async function setupKey(
  system: System,
  place: NeutralPlace,
  tree: string,
  { setup, rules }: { readonly setup: readonly Command[]; readonly rules: string },
): Promise<string> {
  const words = wordsOf(setup);
  const [files, tools, machine] = await Promise.all([
    filesOf(system, place, tree, words),
    toolsOf(system, words),
    machineOf(system),
  ]);
  const facts = JSON.stringify({ v: 1, setup, files, tools, machine, ...(rules === '' ? {} : { rules }) });
  return createHash('sha256').update(facts).digest('hex').slice(0, 24);
}

function wordsOf(setup: readonly Command[]): Set<string> {
  const words = setup.flatMap((command) =>
    typeof command === 'string' ? command.split(/[\s;&|()<>"'`$={}]+/) : command,
  );
  return new Set(words.map((word) => word.replace(/^(?:\.\/)+/, '')).filter((word) => word !== ''));
}

async function filesOf(
  system: System,
  place: NeutralPlace,
  tree: string,
  words: ReadonlySet<string>,
): Promise<string[]> {
  const listed = await system.git.text(place, ['ls-tree', '-r', '-z', '--full-tree', tree]);
  return listed.split('\0').filter((entry) => {
    const path = entry.slice(entry.indexOf('\t') + 1);
    const name = basename(path);
    return MANIFESTS.has(name) || REQUIREMENTS.test(name) || PATCH.test(path) || words.has(path);
  });
}

/** A program by the file behind its name: a new version is another file, or a newer one. */
async function toolsOf(system: System, words: ReadonlySet<string>): Promise<string[]> {
  const names = [...new Set([...RUNTIMES, ...words])]
    .filter((name) => /^[A-Za-z][\w.+-]*$/.test(name))
    .sort();
  const folders = (system.environment.variables['PATH'] ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/'));
  const found = await Promise.all(names.map((name) => findTool(system, folders, name)));
  return found.filter((tool) => tool !== null);
}

async function findTool(system: System, folders: readonly string[], name: string): Promise<string | null> {
  for (const folder of folders) {
    const path = await system.files.realPath(join(folder, name)).catch(() => null);
    const facts = path === null ? null : await system.files.facts(path);
    if (facts?.kind === 'file') return [name, path, facts.size, Math.round(facts.mtimeMs)].join(' ');
  }
  return null;
}

async function machineOf(system: System): Promise<string> {
  const asked = await system.processes.run({
    argv: ['sh', '-c', 'umask; uname -srm'],
    cwd: '/',
    env: baseEnvironment(system.environment.variables, [], ''),
  });
  return `${asked.stdout.toString('utf8')}${asked.code}`;
}

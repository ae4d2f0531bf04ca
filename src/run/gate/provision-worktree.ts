import { dirname, join } from 'node:path';
import type { Command } from '../../config.ts';
import type { Wrap } from '../../isolate/none.ts';
import type { GitPlace, System } from '../../system/ports.ts';
import { readProvisioned } from '../worktree/read-provisioned.ts';
import { copyTree } from './copy-tree.ts';
import { runSetup, type SetupEnd } from './run-setup.ts';

export interface ProvisionWorktreeInput {
  readonly worktree: string;
  /** The worktree as git sees it. */
  readonly place: GitPlace;
  /** The home checkout; null: there is nothing to copy from. */
  readonly home: string | null;
  readonly copy: readonly string[];
  readonly setup: readonly Command[];
  readonly env: Readonly<Record<string, string>>;
  /** What isolates setup. */
  readonly wrap: Wrap;
  readonly run: string;
  /** Output of the n-th setup command. */
  outputFile(n: number): string;
  /** Where the list of provisioned paths goes: JSON lines, one path each; a trailing `/` means with everything below. */
  readonly provisionedFile: string;
  /** The same list of the run that left this worktree; null: it is new. */
  readonly leftFile: string | null;
  readonly stop: AbortSignal;
}

export type ProvisionWorktreeEnd =
  | {
      readonly kind: 'ready';
      /** Ignored paths that are there before the agent starts. */
      readonly provisioned: readonly string[];
      /** Entries of `copy` that were left out, with the reason. */
      readonly notCopied: readonly string[];
    }
  | Exclude<SetupEnd, { readonly kind: 'ready' }>;

/**
 * Folders that package managers own: all that is ever in them counts as provisioned, so that an agent that installs a package
 * does not keep its worktree from being removed.
 */
const INSTALLED = [
  'node_modules',
  '.venv',
  'venv',
  'vendor',
  '.bundle',
  'Pods',
  '.yarn',
  '.gradle',
  '.tox',
  '__pycache__',
];

/** Gives a new agent worktree what git does not: copies of ignored paths of the home checkout, then setup. */
export async function provisionWorktree(
  system: System,
  input: ProvisionWorktreeInput,
): Promise<ProvisionWorktreeEnd> {
  const notCopied: string[] = [];
  const left = input.leftFile === null ? [] : await leftByAgents(system, input, input.leftFile);
  for (const path of input.copy) {
    const why =
      input.home === null ? 'there is no home checkout' : await copyPath(system, input, input.home, path);
    if (why !== null) notCopied.push(`${path}: ${why}`);
  }
  const end = await runSetup(system, { ...input, commands: input.setup, folder: input.worktree });
  if (end.kind !== 'ready') return end;
  const provisioned = (await ignoredPaths(system, input)).filter((path) => !left.includes(path));
  await system.files.write(
    input.provisionedFile,
    provisioned.map((path) => `${JSON.stringify(path)}\n`).join(''),
  );
  return { kind: 'ready', provisioned, notCopied };
}

/** Null: copied. */
async function copyPath(
  system: System,
  { place, worktree }: ProvisionWorktreeInput,
  home: string,
  entry: string,
): Promise<string | null> {
  const path = entry.replace(/\/+$/, '');
  const steps = path.split('/');
  if (
    path === '' ||
    steps.some((step) => step === '' || step === '.' || step === '..' || step.toLowerCase() === '.git')
  )
    return 'not a path inside the repository';
  const facts = await system.files.facts(join(home, path));
  if (facts === null) return 'not there in the home checkout';
  // A pattern with a trailing slash is for folders only, and here the folder does not exist yet.
  const asked = `${facts.kind === 'folder' ? `${path}/` : path}\0`;
  // 128: beyond a symbolic link.
  const ignored = await system.git.run(place, ['check-ignore', '-z', '--stdin'], {
    input: asked,
    ok: [0, 1, 128],
  });
  if (ignored.code !== 0) return 'not ignored by git, so it is not copied';
  await system.files.makeFolder(dirname(join(worktree, path)));
  await copyTree(system.files, join(home, path), join(worktree, path), {
    existing: 'keep',
    // A link with an absolute path into the home checkout would let the agent write there.
    linkTarget: (target) =>
      target.startsWith(`${home}/`) ? join(worktree, target.slice(home.length)) : target,
  });
  return null;
}

/** Ignored paths in a worktree of an earlier run that its own setup did not make: they are somebody's work. */
async function leftByAgents(
  system: System,
  input: ProvisionWorktreeInput,
  leftFile: string,
): Promise<string[]> {
  const known = new Set(await readProvisioned(system.files, leftFile));
  return (await ignoredPaths(system, input)).filter((path) => !path.endsWith('/') && !known.has(path));
}

async function ignoredPaths(system: System, { place, copy }: ProvisionWorktreeInput): Promise<string[]> {
  const listed = await system.git.text(place, [
    'ls-files',
    '-z',
    '--others',
    '--ignored',
    '--exclude-standard',
  ]);
  const whole = new Set([...INSTALLED, ...copy.map((path) => path.replace(/\/+$/, ''))]);
  const paths = listed.split('\0').filter((path) => path !== '');
  return [...new Set(paths.map((path) => shortened(path, whole)))];
}

/** Up to the first folder that is provisioned as a whole. */
function shortened(path: string, whole: ReadonlySet<string>): string {
  const steps = path.split('/');
  for (let count = 1; count < steps.length; count++) {
    const folder = steps.slice(0, count).join('/');
    if (whole.has(folder) || whole.has(steps[count - 1]!)) return `${folder}/`;
  }
  return path;
}

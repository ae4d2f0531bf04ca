import type { ConflictedFile, ConflictMaterial, FileVersion } from '../../role/conflict-material.ts';
import { mergeBase } from '../../store/merge-base.ts';
import { type ReadBlob, readBlobs, textOf } from '../land/read-blobs.ts';
import type { Project } from '../project/project.ts';
import { type ConflictStage, mergeLabelled } from '../worktree/merge-labelled.ts';
import { readConflictLog } from './read-conflict-log.ts';

/** Of so many files the versions are read; more are only named. */
const MOST_FILES = 100;
/** Larger texts are not shown, only named. */
const MOST_TEXT = 1024 * 1024;
/** From here on the differences are read, too: they may say it in less. */
const LARGE = 4_000;

interface Wish {
  /** Short name of the run's branch. */
  readonly branch: string;
  /** The commit of main that did not merge. */
  readonly main: string;
  readonly files: readonly string[];
}

/** What an agent needs to settle a conflict: each file's base and both sides, what git says, main's log for the files. */
export async function readConflict(
  project: Project,
  { branch, main, files }: Wish,
): Promise<ConflictMaterial> {
  const tip = await project.system.git.text(project.repository.place, [
    ...['rev-parse', '--verify', '--end-of-options', `refs/heads/${branch}^{commit}`],
  ]);
  const sides = { branch: tip.trim(), main };
  const [{ stages, said }, log] = await Promise.all([
    mergeLabelled(project, { name: branch, commit: sides.branch }, { name: project.branch, commit: main }),
    readConflictLog(project, sides, files.slice(0, MOST_FILES)),
  ]);
  const looked = await lookAt(project, sides, files.slice(0, MOST_FILES), stages);
  const named = files.slice(MOST_FILES).map(only);
  return { files: [...looked, ...named], said: said.slice(0, MOST_FILES), main, ...log };
}

/** With nothing known but its name. */
function only(file: string): ConflictedFile {
  return { file, base: null, branch: null, main: null, changes: null };
}

interface Sides {
  readonly branch: string;
  readonly main: string;
}

/** Git's stages name every version, moved files' too. What git merged and rota did not, in the backlog, is looked up by path. */
async function lookAt(
  project: Project,
  sides: Sides,
  files: readonly string[],
  stages: readonly ConflictStage[],
): Promise<ConflictedFile[]> {
  const known = new Set(stages.map(({ path }) => path));
  const found = [
    ...stages,
    ...(await stagesByPath(
      project,
      sides,
      files.filter((file) => !known.has(file)),
    )),
  ];
  const blobs = await readBlobs(
    project,
    found.filter(({ mode }) => mode !== SUBMODULE).map(({ oid }) => oid),
  );
  const versionOf = (file: string, stage: string): Version => {
    const at = found.find((one) => one.path === file && one.stage === stage);
    return at === undefined ? null : { ...versionFrom(at, blobs.get(at.oid)), oid: at.oid };
  };
  const looked: ConflictedFile[] = [];
  for (const file of files) {
    const [base, branch, main] = [versionOf(file, '1'), versionOf(file, '2'), versionOf(file, '3')];
    const changes = await changesIn(project, base, branch, main);
    looked.push({ file, base, branch, main, changes });
  }
  return looked;
}

type Version = (FileVersion & { readonly oid: string }) | null;

const SUBMODULE = '160000';
const LINK = '120000';

function versionFrom({ mode, oid }: ConflictStage, blob: ReadBlob | undefined): FileVersion {
  if (mode === SUBMODULE) return { kind: 'submodule', size: 0, text: `commit ${oid}`, binary: false };
  const kind = mode === LINK ? 'link' : mode === '100755' ? 'program' : 'file';
  const text = textOf(blob);
  const size = blob?.size ?? 0;
  const binary = blob?.bytes != null && text === null;
  return { kind, size, text: size > MOST_TEXT ? null : text, binary };
}

async function stagesByPath(
  { system, repository, neutral }: Project,
  { branch, main }: Sides,
  files: readonly string[],
): Promise<ConflictStage[]> {
  if (files.length === 0) return [];
  const commits = [await mergeBase(system, neutral.place, main, branch), branch, main];
  const wanted = commits.flatMap((commit, at) =>
    commit === null ? [] : files.map((path) => ({ name: `${commit}:${path}`, path, stage: String(at + 1) })),
  );
  const known = await system.git.objects(
    repository.place,
    'info',
    wanted.map(({ name }) => name),
  );
  return wanted.flatMap(({ path, stage }, at) => {
    const object = known[at];
    return object?.type === 'blob' ? [{ mode: '100644', oid: object.oid, stage, path }] : [];
  });
}

/** What each side changed, for texts that are long enough to be worth asking. */
async function changesIn(
  project: Project,
  base: Version,
  branch: Version,
  main: Version,
): Promise<ConflictedFile['changes']> {
  const versions = [base, branch, main].filter((version) => version !== null);
  const texts = versions.every(({ kind, text }) => text !== null && (kind === 'file' || kind === 'program'));
  const size = versions.reduce((sum, version) => sum + version.size, 0);
  if (base === null || branch === null || main === null || !texts || size < LARGE) return null;
  const [ofBranch, ofMain] = await Promise.all([
    difference(project, base.oid, branch.oid),
    difference(project, base.oid, main.oid),
  ]);
  return { branch: ofBranch, main: ofMain };
}

/** Between two blobs, without git's header. In the neutral directory nobody's diff settings or drivers take part. */
async function difference({ system, neutral }: Project, from: string, to: string): Promise<string> {
  const args = ['diff', '--no-ext-diff', '--no-textconv', '--no-color', '-U3', from, to];
  const text = await system.git.text(neutral.place, args);
  const start = text.indexOf('\n@@ ');
  return start === -1 ? '(nothing)' : text.slice(start + 1);
}

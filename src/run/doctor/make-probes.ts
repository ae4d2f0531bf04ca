import { join } from 'node:path';
import { type Identity, readIdentity } from '../../store/identity.ts';
import { makeCommits } from '../../store/make-commit.ts';
import { type NetworkGit, networkGit } from '../../store/refs/network-git.ts';
import type { Project } from '../project/project.ts';

const PATIENCE = 60_000;
const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

interface Probes {
  /** Git towards the remote that has the commits. */
  readonly git: NetworkGit;
  /** Two that have nothing to do with each other, and one on top of main with main's files. */
  readonly commits: readonly [one: string, two: string, onMain: string];
}

/**
 * Makes commits to push for a try. They are in the neutral directory alone, and go with it.
 *
 * @param main the remote's main; where it is not here yet, it is fetched to there, too
 * @throws RotaError `identity`
 */
export async function makeProbes(project: Project, main: string): Promise<Probes> {
  const { system, repository, neutral, remote, branch } = project;
  const git = await quarantined(project);
  const place = { ...neutral.place, objects: join(neutral.folder, 'objects') };
  const here = await system.git.run(place, ['cat-file', '-e', `${main}^{commit}`], { ok: [0, 1, 128] });
  if (here.code !== 0) {
    const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
    await git(['fetch', ...quiet, '--', remote!.url, `refs/heads/${branch}`], PATIENCE * 10);
  }
  const identity: Identity = await readIdentity(system, repository);
  const about = { changes: [], identity };
  const empty = { ...about, tree: EMPTY_TREE[repository.objectFormat], parents: [] };
  const message = `chore(backlog): whether ${branch} takes a push of rota's [skip ci]\n`;
  const [one, two, onMain] = await makeCommits(system, place, [
    { ...empty, message: 'rota: a probe of rota doctor\n' },
    { ...empty, message: 'rota: another probe of rota doctor\n' },
    { ...about, tree: null, parents: [main], message },
  ]);
  return { git, commits: [one!, two!, onMain!] };
}

/** Git towards the remote whose new objects are dropped with the neutral directory. */
async function quarantined({ system, repository, neutral }: Project): Promise<NetworkGit> {
  const objects = join(neutral.folder, 'objects');
  await system.files.makeFolder(join(objects, 'info'));
  await system.files.writeWhole(join(objects, 'info', 'alternates'), `${neutral.place.objects}\n`);
  return networkGit(system, repository, { ...neutral, place: { ...neutral.place, objects } });
}

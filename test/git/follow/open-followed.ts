import { parse } from 'yaml';
import { openProject } from '../../../src/run/project/open-project.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import type { SweepOptions } from '../../../src/run/sweep/sweeping.ts';
import type { System } from '../../../src/system/ports.ts';
import { type LoopbackForge, loopbackForge } from '../../support/forge/loopback-forge.ts';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';
import { type ProposedWish, proposeAll } from './proposed-tasks.ts';

export interface FollowedWish {
  /** Default: one, A1. */
  readonly ids?: readonly string[];
  /** Default `forge`: requests that the real gh is asked about. `bare`: a plain remote. */
  readonly remote?: 'forge' | 'bare';
  readonly each?: (id: string) => ProposedWish;
  /** Other lines of rota.yaml. */
  readonly config?: string;
}

export interface FollowedScene {
  readonly box: Sandbox;
  /** A clone, in which sweeps are done. */
  readonly repo: TestRepo;
  /** The bare repository. */
  readonly shared: TestRepo;
  readonly hub: LoopbackForge;
  readonly sweep: (over?: Partial<SweepOptions>, system?: System) => Promise<SweepReport>;
  /** Null: there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  readonly record: (id: string) => any;
  readonly branch: (id: string) => string;
  readonly url: (number: number) => string;
  /** Everything of rota's that is left: refs on the remote, branches here. */
  readonly left: () => string[];
  /** A person's commit on main, made elsewhere. */
  readonly onMain: (message: string, files: Record<string, string>) => string;
}

export const fileOf = (id: string) => `backlog/${id}-list-things.md`;

/** Tasks whose work is proposed as requests 1, 2… in their order, all open. */
export async function openFollowed(wish: FollowedWish = {}): Promise<FollowedScene> {
  const { ids = ['A1'], remote = 'forge', each = (): ProposedWish => ({}), config = '' } = wish;
  const box = sandbox();
  const seed = box.repo('seed', filesOf(ids, config));
  const hub = remote === 'forge' ? await loopbackForge(box, seed) : null;
  const shared = hub?.bare ?? box.bare('hub.git');
  if (hub === null) seed.git('push', '-q', shared.root, 'main');
  const repo = box.clone(hub?.url ?? shared.root, 'shop');
  const url = (number: number) => `https://${hub?.host}/acme/shop/pull/${number}`;
  const branch = (id: string) => `ai/developer/${id}-list-things`;
  await proposeAll(repo, ids, (id) => {
    const made = each(id);
    const pr = hub === null ? `branch ${branch(id)}` : url(ids.indexOf(id) + 1);
    const { pr: asked, ...more } = made.record ?? {};
    return { ...made, record: { pr: asked === undefined ? pr : asked, ...more } };
  });
  for (const id of ids) hub?.open({ branch: branch(id), title: `feat(${id}): work` });
  const person = box.clone(shared.root, 'person');
  return {
    ...{ box, repo, shared, branch, url, hub: hub! },
    sweep: async (over = {}, system = box.system()) => {
      const project = await openProject(system, repo.root, () => undefined, 'write');
      try {
        return await sweep(project, { dryRun: false, discard: null, ...over });
      } finally {
        await project.close();
      }
    },
    record: (id) => {
      const ref = shared.git('for-each-ref', '--format=%(refname)', `refs/rota/tasks/${id}`);
      return ref === '' ? null : parse(shared.git('cat-file', 'blob', `${ref}:record.yaml`));
    },
    left: () => [
      ...refs(shared, 'refs/rota/tasks', 'refs/heads/ai'),
      ...refs(repo, 'refs/heads/ai').map((ref) => `here: ${ref}`),
    ],
    onMain: (message, files) => {
      person.git('pull', '-q', '--rebase', shared.root, 'main');
      const made = person.commit(message, files);
      person.git('push', '-q', shared.root, 'HEAD:refs/heads/main');
      return made;
    },
  };
}

function refs(repo: TestRepo, ...prefixes: string[]): string[] {
  return repo
    .git('for-each-ref', '--format=%(refname)', ...prefixes)
    .split('\n')
    .filter((ref) => ref !== '');
}

function filesOf(ids: readonly string[], config: string): Record<string, string> {
  const tasks = ids.map((id) => [
    fileOf(id),
    `---\nid: ${id}\ntitle: List things\nstatus: ready\n---\nDo ${id}.\n`,
  ]);
  return {
    'rota.yaml': `branch: main\nintegrate: pr\ngate: none\nagents:\n  mine: {command: ['true']}\n${config}`,
    'roles/developer.md':
      '---\nrole: developer\ntakes: {type: [feature, bug, chore, docs, test, debt]}\nagent: mine\n---\nDo it.\n',
    'src/a.txt': 'a\n',
    ...Object.fromEntries(tasks),
  };
}

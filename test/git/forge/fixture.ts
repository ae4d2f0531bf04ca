import type { PullRequestConfig } from '../../../src/config.ts';
import type { Forge, Proposal } from '../../../src/forge/forge.ts';
import { openForge } from '../../../src/forge/open-forge.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { System } from '../../../src/system/ports.ts';
import { type LoopbackForge, loopbackForge } from '../../support/forge/loopback-forge.ts';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';

export interface Hub {
  readonly box: Sandbox;
  readonly hub: LoopbackForge;
  /** A clone of it. */
  readonly repo: TestRepo;
  forge(choice?: PullRequestConfig['forge'], system?: Partial<System>): Promise<Forge>;
  /** A new commit on a local branch that is not pushed; its id. */
  branch(name: string, files?: Record<string, string>): string;
}

/** A loopback forge, and a clone of what is there. */
export async function openHub(): Promise<Hub> {
  const box = sandbox();
  const seed = box.repo('seed', {
    'README.md': '# shop\n',
    'a.txt': '1\n2\n3\n',
    'rota.yaml': 'gate: none\n',
  });
  const hub = await loopbackForge(box, seed);
  const repo = box.clone(hub.url, 'shop');
  return { box, hub, repo, ...doors(box, repo) };
}

export function doors(box: Sandbox, repo: TestRepo): Pick<Hub, 'forge' | 'branch'> {
  return {
    forge: async (choice = 'auto', system = {}) =>
      await openForge(await openProject(box.system(system), repo.root, () => undefined, 'write'), choice),
    branch: (name, files = { [`${name.replaceAll('/', '-')}.txt`]: 'new\n' }) => {
      repo.git('checkout', '-q', '--no-track', '-B', name, 'origin/main');
      const made = repo.commit(`feat: ${name}`, files);
      repo.git('checkout', '-q', 'main');
      return made;
    },
  };
}

export function proposal(branch: string, tip: string, changes: Partial<Proposal> = {}): Proposal {
  return {
    ...{ branch, tip, base: 'main', title: 'feat(A1): add it', body: 'What and why.\n' },
    ...{ labels: [], reviewers: [], draft: false, autoMerge: false, isOpen: false },
    ...changes,
  };
}

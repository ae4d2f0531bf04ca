import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestRepo } from '../repo.ts';

export type Association =
  | 'OWNER'
  | 'MEMBER'
  | 'COLLABORATOR'
  | 'CONTRIBUTOR'
  | 'FIRST_TIME_CONTRIBUTOR'
  | 'NONE';

export interface Said {
  by: string;
  association: Association;
  body: string;
  at: string;
}

export interface Review extends Said {
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  commit: string;
}

export interface Thread {
  path: string;
  line: number | null;
  resolved: boolean;
  comments: Said[];
}

export interface Check {
  name: string;
  /** Of a check run: SUCCESS, FAILURE, SKIPPED…; null while it runs. `status`: a commit status of that state instead. */
  conclusion: string | null;
  status?: boolean;
  url?: string;
}

/** A request as the loopback forge keeps it. Its head is whatever its branch has in the bare repository now. */
export interface Request {
  number: number;
  branch: string;
  base: string;
  /** Owner of the repository that its branch is in. */
  from: string;
  head: string;
  title: string;
  body: string;
  draft: boolean;
  state: 'OPEN' | 'MERGED' | 'CLOSED';
  merge: string | null;
  author: string;
  association: Association;
  maintainerCanModify: boolean;
  labels: string[];
  reviewers: string[];
  teams: string[];
  autoMerge: string | null;
  reviews: Review[];
  comments: Said[];
  threads: Thread[];
  checks: Map<string, Check[]>;
}

/** Every request of one repository, on real git. `owners`: the bare repositories, that of the fork's owner by their name. */
export class Requests {
  readonly all: Request[] = [];
  readonly owner: string;
  readonly owners: Map<string, TestRepo>;
  private readonly known = new Map<string, boolean>();

  constructor(owner: string, bare: TestRepo) {
    this.owner = owner;
    this.owners = new Map([[owner, bare]]);
  }

  get bare(): TestRepo {
    return this.owners.get(this.owner)!;
  }

  /** Brings heads and `refs/pull/N/head` up to what the branches have; a request whose branch is gone is closed. */
  refresh(): void {
    if (!this.all.some(({ state }) => state === 'OPEN')) return;
    const tips = new Map([...this.owners].map(([owner, bare]) => [owner, tipsIn(bare)]));
    for (const request of this.all) {
      if (request.state !== 'OPEN') continue;
      const tip = tips.get(request.from)?.get(`refs/heads/${request.branch}`) ?? null;
      if (tip === null) {
        request.state = 'CLOSED';
        continue;
      }
      if (tip !== request.head) this.take(request, tip);
      // GitHub's own rule: a head that main has, by whatever way, is merged.
      if (this.isOn(tips.get(this.owner)?.get(`refs/heads/${request.base}`), tip)) {
        request.state = 'MERGED';
        request.merge = this.tipOf(this.owner, request.base);
      }
    }
  }

  tipOf(owner: string, branch: string): string | null {
    const found = this.owners
      .get(owner)
      ?.git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
    return found === undefined || found === '' ? null : found;
  }

  isConflicting({ base, head }: Request): boolean {
    const main = this.tipOf(this.owner, base)!;
    return !this.answers(['merge-tree', '--write-tree', '--name-only', main, head]);
  }

  open(made: Pick<Request, 'branch' | 'base' | 'title' | 'body'> & Partial<Request>): Request {
    const request: Request = {
      ...{
        number: this.all.length + 1,
        from: this.owner,
        head: '',
        draft: false,
        state: 'OPEN',
        merge: null,
      },
      ...{
        author: 'pat',
        association: 'OWNER',
        maintainerCanModify: false,
        labels: [],
        reviewers: [],
        teams: [],
      },
      ...{ autoMerge: null, reviews: [], comments: [], threads: [], checks: new Map() },
      ...made,
    };
    this.take(request, this.tipOf(request.from, request.branch) ?? '');
    this.all.push(request);
    return request;
  }

  /** As the three buttons do it: a merge commit, one commit of everything, or the commits again on top of main. */
  merge(request: Request, how: 'merge' | 'squash' | 'rebase'): string {
    this.refresh();
    if (request.state !== 'OPEN') throw new Error(`#${request.number} is not open`);
    const { bare } = this;
    const main = this.tipOf(this.owner, request.base)!;
    const merged = how === 'rebase' ? this.rebased(request, main) : this.mergeCommit(request, main, how);
    bare.git('update-ref', `refs/heads/${request.base}`, merged, main);
    request.state = 'MERGED';
    request.merge = merged;
    return merged;
  }

  private mergeCommit(request: Request, main: string, how: 'merge' | 'squash'): string {
    const { bare } = this;
    const tree = bare.git('merge-tree', '--write-tree', main, request.head);
    const { number, from, branch, title, body } = request;
    const message =
      how === 'squash'
        ? `${title} (#${number})\n\n${body}`
        : `Merge pull request #${number} from ${from}/${branch}\n\n${title}`;
    const parents = how === 'squash' ? ['-p', main] : ['-p', main, '-p', request.head];
    return bare.git('commit-tree', tree, ...parents, '-m', message);
  }

  private rebased(request: Request, main: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'rota-rebase-'));
    const at = (...args: string[]) => this.bare.git('-C', join(folder, 'tree'), ...args);
    try {
      this.bare.git('worktree', 'add', '-q', '--detach', join(folder, 'tree'), request.head);
      at('rebase', '-q', '--force-rebase', main);
      return at('rev-parse', 'HEAD');
    } finally {
      rmSync(folder, { recursive: true, force: true });
      this.bare.git('worktree', 'prune');
    }
  }

  private take(request: Request, tip: string): void {
    request.head = tip;
    const ref = `refs/pull/${request.number}/head`;
    if (request.from === this.owner) this.bare.git('update-ref', ref, tip);
    else
      this.bare.git(
        'fetch',
        '-q',
        this.owners.get(request.from)!.root,
        `+refs/heads/${request.branch}:${ref}`,
      );
  }

  private isOn(main: string | undefined, commit: string): boolean {
    return main !== undefined && this.answers(['merge-base', '--is-ancestor', commit, main]);
  }

  /** Of commits, which never change: asked once. */
  private answers(args: string[]): boolean {
    const key = args.join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    let yes = true;
    try {
      this.bare.git(...args);
    } catch {
      yes = false;
    }
    this.known.set(key, yes);
    return yes;
  }
}

function tipsIn(bare: TestRepo): Map<string, string> {
  const lines = bare.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/').split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}

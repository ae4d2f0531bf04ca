import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { HeldLock } from '../../../src/run/claim/held-lock.ts';
import { lockOf } from '../../../src/run/claim/lock-of.ts';
import { landWork } from '../../../src/run/land/land.ts';
import type { LandingEnd, LandingWork } from '../../../src/run/land/landing-work.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { NO_PROPOSALS } from '../../../src/run/work/propose-tasks.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';
import { BRANCH, FILES, projectOf, type TestProject } from '../worktree/open-test-project.ts';

const KEY = taskKey('A1');

/** Notes what it judged, and is red where the files `one` and `two` meet, and where there is a file `broken`. */
const GATE = [
  'git rev-parse "HEAD^{tree}" >> "$HOME/gated"',
  'test ! -e broken && { test ! -e one || test ! -e two; }',
].join('; ');

export interface FinishedWork extends TestProject {
  readonly lock: HeldLock;
  /** What is to land. */
  work(more?: Partial<LandingWork>): LandingWork;
  /** Lands it; `act` happens once, when the first gate was green and main has not moved yet. */
  land(act?: () => void, more?: Partial<LandingWork>): Promise<LandingEnd>;
  /** The trees that a gate has judged so far. */
  gated(): string[];
  record(): string | null;
  /** A record in which another run has the lock; not in force before its ref names it. */
  takenByAnother(): Promise<string>;
}

/** A run of A1 that holds its lock, and whose branch has these files. */
export async function finishedWork(
  work: Record<string, string> = { 'src/new.txt': 'new\n' },
  gate: unknown = GATE,
  repo: TestRepo = withGate(sandbox(), gate),
): Promise<FinishedWork> {
  repo.git('switch', '-q', '-c', BRANCH);
  repo.commit('feat(A1): work', work);
  const tip = repo.git('rev-parse', 'HEAD');
  repo.git('switch', '-q', 'main');
  const at = await projectOf(repo);
  const { project } = at;
  // Its own: processes are ended by their run, and others may be testing at the same time.
  const [own, other] = [project.system.random.id(), project.system.random.id()];
  const { roles } = await readSnapshot(project, true);
  const role = roles[0]!;
  const recordOf = (run: string) => ({
    ...emptyRecord('A1'),
    lock: lockOf(project, { run, role }, BRANCH),
  });
  const write = (run: string, previous: string | null) => project.records.write(recordOf(run), { previous });
  const token = await write(own, null);
  await project.refs.swap([{ ref: taskRef(KEY), from: null, to: token }]);
  const lock: HeldLock = { key: KEY, run: own, record: recordOf(own), token };
  const folder = await openRunFolder(project.system, project.repository, {
    run: own,
    role: role.name,
    task: 'A1',
    branch: BRANCH,
  });
  const log = join(repo.sandbox.env['HOME']!, 'gated');
  const gated = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  let gates = 0;
  const workOf = (more: Partial<LandingWork> = {}): LandingWork => ({
    ...{ lock, role, branch: BRANCH, tip, words: null, proposals: NO_PROPOSALS, commit: null },
    ...{ summary: null, agent: 'mine', gated: null, accept: null, folder: folder.path },
    nextGate: () => ++gates,
    stop: new AbortController().signal,
    ...more,
  });
  return {
    ...at,
    lock,
    work: workOf,
    gated,
    record: () => repo.git('for-each-ref', '--format=%(objectname)', taskRef(KEY)) || null,
    takenByAnother: () => write(other, token),
    land: (act, more = {}) => {
      let acted = act === undefined;
      const emit: typeof project.emit = (sent) => {
        if (acted || sent.event.type !== 'gate' || !sent.event.passed || gated().length === 0) return;
        acted = true;
        act?.();
      };
      return landWork({ ...project, emit }, workOf(more));
    },
  };
}

function withGate(box: Sandbox, gate: unknown): TestRepo {
  const config = `gate: [${JSON.stringify(gate)}]\nagents: {mine: {command: ['true']}}\n`;
  const other = '---\nid: A2\ntitle: Another\n---\n';
  return box.repo('repo', { ...FILES, 'rota.yaml': config, 'backlog/A2-another.md': other });
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { resumeProposal } from '../../../src/run/propose/resume-proposal.ts';
import { taskKey } from '../../../src/task/id.ts';
import { run, sweepOnce, withProject } from '../../steps/acts.ts';
import { type Arena, makeArena, taskText } from '../../steps/arena.ts';
import { releaseQueues } from '../../steps/release-queues.ts';
import { faultySystem } from '../../support/faulty-system.ts';

/** How many of the steps are tried; all of them: ROTA_PROPOSE_DEATHS=all. */
const TRIED = process.env['ROTA_PROPOSE_DEATHS'] === 'all' ? Number.POSITIVE_INFINITY : 3;
const SEED = Number(process.env['ROTA_STEPS_SEED'] ?? 1);
const BRANCH = 'ai/developer/A1-greet-from-a1';
const TURN = `put src/one.txt "one of $ROTA_RUN"
git add src/one.txt && git commit -q -m "feat: one"
put new/two.txt "two of $ROTA_RUN"
cat > "$ROTA_RESULT" <<'END'
---
outcome: done
tasks:
  - {id: NEW-1, title: First of two, type: chore}
  - {id: NEW-2, title: Second of two, type: chore, depends: [NEW-1]}
---
END
`;

describe('a worker that dies while it proposes', () => {
  test('at any step: two sweeps and at most one more run bring one request, everything in it once', {
    timeout: 1_800_000,
  }, async () => {
    const arena = makeArena(mkdtempSync(join(tmpdir(), 'rota-propose-')), 'remote', {
      tasks: { 'A1-greet.md': taskText('A1') },
      turn: TURN,
      config: 'integrate: pr\n',
    });
    arena.keep();
    try {
      const steps = await stepsOfProposing(arena);
      expect(steps.length).toBeGreaterThan(8);
      const every = Math.max(1, Math.floor(steps.length / TRIED));
      const chosen = steps.filter((_, at) => at % every === SEED % every);
      const found: string[] = [];
      for (const [at, step] of chosen.entries())
        for (const when of TRIED === Number.POSITIVE_INFINITY
          ? (['before', 'after'] as const)
          : ([at % 2 === 0 ? 'before' : 'after'] as const))
          found.push(
            ...(await dieAndHeal(arena, step, when)).map((what) => `${when} ${step.label}: ${what}`),
          );
      expect(found).toEqual([]);
    } finally {
      arena.dispose();
    }
  });
});

interface Step {
  readonly n: number;
  readonly label: string;
}

/** Every changing step from the proposal's text on. */
async function stepsOfProposing(arena: Arena): Promise<Step[]> {
  arena.restore();
  const steps: Step[] = [];
  let n = 0;
  let begun = false;
  const { system } = faultySystem(
    arena.system(),
    { kind: 'none' },
    {
      onCall: ({ label, changing }) => {
        if (!changing) return;
        n += 1;
        begun ||= /^files\.writeWhole .*proposal\.md/.test(label);
        if (begun) steps.push({ n, label });
      },
    },
  );
  const { outcome, reason } = await run(arena, system);
  expect({ outcome, reason }).toMatchObject({ outcome: 'proposed' });
  expect(judge(arena)).toEqual([]);
  return steps;
}

async function dieAndHeal(arena: Arena, { n }: Step, when: 'before' | 'after'): Promise<string[]> {
  arena.restore();
  const faulty = faultySystem(arena.system(), { kind: 'death', at: n, when });
  const ended = await Promise.race([run(arena, faulty.system), faulty.died]);
  if (ended !== undefined) return [`it did not die: ${ended.outcome}`];
  releaseQueues(arena);
  for (let sweeps = 0; sweeps < 2; sweeps++) await sweepOnce(arena, arena.system());
  await withProject(arena, arena.system(), async (project) =>
    resumeProposal(project, await readSnapshot(project, true), taskKey('A1')),
  );
  if (recordOf(arena, 'A1')?.state !== 'proposed') await run(arena, arena.system());
  return judge(arena);
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
function recordOf({ git, shared }: Arena, id: string): any {
  const ref = git(shared, 'for-each-ref', '--format=%(refname)', `refs/rota/tasks/${id}`);
  return ref === '' ? null : parse(git(shared, 'cat-file', 'blob', `${ref}:record.yaml`));
}

/** What must hold in the end; violations in sentences. */
function judge(arena: Arena): string[] {
  const { git, shared } = arena;
  const wrong: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || wrong.push(what));
  const record = recordOf(arena, 'A1');
  must(record?.state === 'proposed' && record.lock === null, `the record is ${JSON.stringify(record)}`);
  must(record?.pr === `branch ${BRANCH}`, `pr is ${record?.pr}`);
  const head = git(shared, 'rev-parse', BRANCH);
  must(record?.proposal?.head === head, 'the record names another commit than the branch has');
  must(git(shared, 'rev-list', '--count', 'main') === '1', 'main has moved');
  const text = git(shared, 'show', `${BRANCH}:backlog/A1-greet.md`);
  must(/^status: '?done'?/m.test(text), 'the task is not done on the branch');
  const log = text.split('\n').filter((line) => / UTC \| /.test(line));
  must(new Set(log).size === log.length, `log lines are there twice: ${log.join(' ')}`);
  const added =
    git(shared, 'ls-tree', '-r', '--name-only', BRANCH, 'backlog').match(/A\d+-\w+-of-two/g) ?? [];
  must(added.length === 2, `the branch has ${added.join(', ')}`);
  const refs = git(shared, 'for-each-ref', '--format=%(refname:lstrip=3)', 'refs/rota/tasks').split('\n');
  const expected = ['A1', ...added.map((name) => name.split('-')[0] ?? '')].sort();
  must(refs.sort().join() === expected.join(), `there are records of ${refs.join(', ')}`);
  for (const id of refs.filter((name) => name !== 'A1')) {
    const { state, lock, reason } = recordOf(arena, id);
    must(
      state === 'reserved' && lock === null && reason === 'proposed with A1',
      `${id} is ${state}: ${reason}`,
    );
  }
  must(git(shared, 'show', `${BRANCH}:new/two.txt`).startsWith('two of '), 'work is missing');
  must(git(shared, 'fsck', '--no-dangling', '--no-progress') === '', 'fsck');
  return wrong;
}

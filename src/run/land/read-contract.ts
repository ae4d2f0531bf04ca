import { secretVariables } from '../../agent/secret-variables.ts';
import type { Config } from '../../config.ts';
import type { ContractFinding } from '../../plan/changed-file.ts';
import { checkContract } from '../../plan/contract.ts';
import { isTaskFile } from '../../plan/contract-backlog.ts';
import { checkKnownSecrets } from '../../plan/contract-known-secrets.ts';
import type { ProposedWork } from '../../plan/record.ts';
import { taskFileChanges } from '../../plan/task-file-changes.ts';
import type { Role } from '../../role/role.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { baseAsProposed } from '../propose/base-as-proposed.ts';
import { isAncestor } from '../worktree/ancestry.ts';
import { readChangedFiles } from './changed-files.ts';
import { readPassingTexts } from './passing-texts.ts';
import type { Sides } from './sides.ts';

interface ContractWish {
  /** Main's. */
  readonly config: Config;
  readonly role: Role;
  readonly task: Task;
  readonly sides: Sides;
  /** The commit with which the run showed its lock; null: it did not. */
  readonly publish: string | null;
  /** What of the branch was proposed before; null: nothing. */
  readonly proposal: ProposedWork | null;
}

/** What a branch did, since it parted from main, that its role's contract does not allow. */
export async function readContract(project: Project, wish: ContractWish): Promise<ContractFinding[]> {
  const { role, task, config } = wish;
  const { main, tip } = wish.sides;
  const parted = await partedAt(project, wish);
  const base = await baseAsProposed(project, parted, { ...wish, tip });
  const [files, manifest] = await Promise.all([
    readChangedFiles(project, base, tip),
    readFileAt(project.system, project.repository, main, 'package.json'),
  ]);
  const changed = new Set(files.map(({ path, from }) => from ?? path));
  const passing = await readPassingTexts(project, { main, base, tip }, changed);
  const text = manifest?.toString('utf8') ?? null;
  const findings = await checkContract({ role, task, config, files, passing, manifest: text });
  const secrets = secretVariables(config, project.system.environment.variables, 'sure');
  if (secrets.length === 0) return findings;
  const messages = await readMessages(project, base, tip);
  return [...findings, ...checkKnownSecrets({ files, passing, messages }, secrets, config.secrets.allow)];
}

async function readMessages({ system, neutral }: Project, base: string, tip: string): Promise<string> {
  const args = ['log', '--no-show-signature', '--format=%B', `${base}..${tip}`, '--'];
  return (await system.git.run(neutral.place, args)).stdout.toString('utf8');
}

/**
 * Where branch and main parted. A person who amends, rebases or drops the commit that shows the lock leaves it in the branch
 * alone: it is rota's work there, not the agent's.
 */
async function partedAt(project: Project, { sides, publish }: ContractWish): Promise<string> {
  const { base, main, tip } = sides;
  // Unrelated history: everything that the branch has is its change.
  if (base === null) return main;
  if (publish === null || publish === base || publish === main) return base;
  const dropped =
    (await isAncestor(project, publish, tip)) &&
    !(await isAncestor(project, publish, main)) &&
    (await isAncestor(project, `${publish}^`, base)) &&
    (await showsLockOnly(project, publish));
  return dropped ? publish : base;
}

/** The record names that commit, and an agent can write records: what else is in it would go past the contract. */
async function showsLockOnly(project: Project, publish: string): Promise<boolean> {
  const files = await readChangedFiles(project, `${publish}^`, publish);
  return files.every(
    (file) =>
      file.status === 'modified' &&
      file.oldMode === file.newMode &&
      isTaskFile(file) &&
      taskFileChanges(file.oldText, file.newText)?.every((key) => key === 'lock') === true,
  );
}

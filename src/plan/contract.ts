import type { Config, Limits } from '../config.ts';
import type { Role } from '../role/role.ts';
import type { Task } from '../task/task.ts';
import { type ChangedFile, type ContractFinding, GITLINK, SYMLINK } from './changed-file.ts';
import { checkTaskFile, isTaskFile } from './contract-backlog.ts';
import { checkDependencies } from './contract-dependencies.ts';
import { checkGateRules } from './contract-gate.ts';
import { checkLimits } from './contract-limits.ts';
import { checkLockFiles } from './contract-lock-files.ts';
import { pathRules } from './contract-paths.ts';
import { checkSafety } from './contract-safety.ts';
import { checkSecrets, type PassingText } from './contract-secrets.ts';
import { isTestPath } from './test-path.ts';

export interface ContractInput {
  readonly role: Role;
  /** The task that is worked on, as the branch's base has it. */
  readonly task: Task;
  /** Every path that differs between the branch's base and the branch. */
  readonly files: readonly ChangedFile[];
  /** Main's. */
  readonly config: Pick<Config, 'gate' | 'setup' | 'context' | 'limits' | 'secrets'>;
  /** Every version of a file in the branch's history. */
  readonly passing: readonly PassingText[];
  /** Text of package.json at main's root; null: there is none. */
  readonly manifest: string | null;
}

/**
 * The first step of the gate (docs/gate.md): whether a branch stays within its role's contract. Empty: it does. What is
 * unsafe for everybody is `refused`; what a person may want is `held` until one accepts it.
 */
export async function checkContract(input: ContractInput): Promise<ContractFinding[]> {
  const { role, task, files, config, manifest } = input;
  const checkPaths = pathRules(role, config.context);
  const ofFiles = files.flatMap((file) => {
    const unsafe = checkSafety(file);
    if (unsafe.length > 0) return unsafe;
    const tests = role.mayDeleteTests ? [] : checkTests(file);
    return [...(isTaskFile(file) ? checkTaskFile(file, role, task) : checkPaths(file)), ...tests];
  });
  const limits: Limits = { ...config.limits, ...role.limits };
  return [
    ...ofFiles,
    ...(await checkSecrets(files, input.passing, config.secrets.allow)),
    ...checkGateRules({ config, role, manifest, files }),
    ...files.flatMap(checkDependencies),
    ...checkLockFiles(files),
    ...checkLimits(files, limits, role.name),
  ];
}

function checkTests(file: ChangedFile): ContractFinding[] {
  const old = file.from ?? file.path;
  if (file.status === 'added' || !isTestPath(old)) return [];
  const finding = (what: string): ContractFinding => ({
    severity: 'held',
    path: old,
    rule: 'test-removed',
    message: `${old}: ${what}; a person must say that this test is not needed any more`,
  });
  if (file.status === 'deleted') return [finding('an existing test was deleted')];
  if (file.status === 'renamed' && !isTestPath(file.path))
    return [finding(`an existing test was moved to ${file.path}, where no test is looked for`)];
  if (file.newMode === SYMLINK || file.newMode === GITLINK) {
    return file.oldMode === file.newMode ? [] : [finding('an existing test was replaced by a link')];
  }
  const emptied = file.oldText !== null && file.oldText.trim() !== '' && file.newText?.trim() === '';
  return emptied ? [finding('an existing test was emptied')] : [];
}

import type { ChangedFile, ContractFinding } from '../../../../src/plan/changed-file.ts';
import { type ContractInput, checkContract } from '../../../../src/plan/contract.ts';
import type { Role } from '../../../../src/role/role.ts';
import { makeRole, makeTask } from '../make.ts';

export const TASK = makeTask('A1');

/** A changed file with everything that follows from its texts. */
export function change(path: string, over: Partial<ChangedFile> = {}): ChangedFile {
  const status = over.status ?? 'modified';
  const oldText = over.oldText === undefined ? (status === 'added' ? null : 'old\n') : over.oldText;
  const newText = over.newText === undefined ? (status === 'deleted' ? null : 'new\n') : over.newText;
  return {
    path,
    status,
    from: null,
    oldMode: status === 'added' ? null : '100644',
    newMode: status === 'deleted' ? null : '100644',
    newBinary: null,
    oldSize: oldText === null ? null : Buffer.byteLength(oldText),
    newSize: newText === null ? null : Buffer.byteLength(newText),
    added: 1,
    removed: 1,
    unread: false,
    ...over,
    oldText,
    newText,
  };
}

type Rules = Partial<Omit<ContractInput, 'role' | 'task' | 'files' | 'config'>> & {
  readonly config?: Partial<ContractInput['config']>;
  readonly role?: Partial<Role>;
};

export function findings(files: readonly ChangedFile[], rules: Rules = {}): Promise<ContractFinding[]> {
  const limits = { files: 100, lines: 5000, fileSize: 1_000_000, prompt: 200_000 };
  return checkContract({
    role: makeRole('developer', rules.role),
    task: TASK,
    files,
    passing: rules.passing ?? [],
    manifest: rules.manifest ?? null,
    config: { gate: 'none', setup: [], context: [], limits, secrets: { allow: [] }, ...rules.config },
  });
}

/** `severity rule` of each finding. */
export async function rulesOf(files: readonly ChangedFile[], rules: Rules = {}): Promise<string[]> {
  return (await findings(files, rules)).map(({ severity, rule }) => `${severity} ${rule}`);
}

import type { Limits } from '../config.ts';
import { formatByteSize } from '../task/byte-size.ts';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { isLockFile } from './lock-file.ts';

/**
 * More than anybody would read: `held`, with what was found and what is allowed. Lock files are generated, so they count as
 * files, but neither by their lines nor by their size.
 */
export function checkLimits(files: readonly ChangedFile[], limits: Limits, role: string): ContractFinding[] {
  const written = files.filter(({ path }) => !isLockFile(path));
  const lines = written.reduce((sum, { added, removed }) => sum + (added ?? 0) + (removed ?? 0), 0);
  return [
    ...over(
      'limit-files',
      `${number(files.length)} files changed`,
      files.length,
      limits.files,
      'files',
      role,
    ),
    ...over('limit-lines', `${number(lines)} lines added and removed`, lines, limits.lines, 'lines', role),
    ...written.flatMap((file) => checkSize(file, limits.fileSize, role)),
  ];
}

function over(
  rule: string,
  found: string,
  count: number,
  limit: number,
  key: string,
  role: string,
): ContractFinding[] {
  if (count <= limit) return [];
  const message = `${found}; role ${role} may change ${number(limit)} (limits: {${key}: ${limit}})`;
  return [{ severity: 'held', path: '.', rule, message }];
}

/** A file that was too large before may stay so, as long as it does not grow. */
function checkSize(file: ChangedFile, limit: number, role: string): ContractFinding[] {
  const { path, status, newSize, oldSize } = file;
  if (newSize === null || newSize <= limit || newSize <= (oldSize ?? 0)) return [];
  const sizes = `${formatByteSize(newSize)}; role ${role} may write files of ${formatByteSize(limit)}`;
  const message = `${status} ${path}: ${sizes} (limits: {file-size: ${formatByteSize(limit).replace(' ', '')}})`;
  return [{ severity: 'held', path, rule: 'limit-file-size', message }];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

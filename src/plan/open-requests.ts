import type { Config } from '../config.ts';
import type { HeldRecord } from './record.ts';

/**
 * Why no new work may be started that would end in another pull request, in words; null: it may. Work that is going on counts,
 * because it is about to open one.
 */
export function whyNoMoreRequests(
  { integrate, pullRequest: { maxOpen } }: Pick<Config, 'integrate' | 'pullRequest'>,
  records: Iterable<HeldRecord>,
): string | null {
  if (integrate !== 'pr') return null;
  let open = 0;
  let begun = 0;
  for (const { record } of records) {
    if (record === null || record.state === 'reserved') continue;
    if (record.state === 'proposed' || record.state === 'returned') open += 1;
    else if (record.lock !== null) begun += 1;
  }
  if (open + begun < maxOpen) return null;
  const working = begun === 0 ? '' : `, ${begun} more in work`;
  return `${open} of ${maxOpen} pull requests are open${working} (max-open in rota.yaml)`;
}

import { parseTaskId } from '../../task/id.ts';
import { plainText } from '../../task/text.ts';
import type { Finding } from './finding.ts';

const SHOWN = 5;

/** Refs that look like records and that nobody reads: `refs-prefix` was another one when they were made. */
export function strayRecords(
  refs: readonly string[],
  { name, refsPrefix }: { readonly name: string; readonly refsPrefix: string },
): Finding[] {
  const strays = refs.filter((ref) => isRecord(ref) && !ref.startsWith(`${refsPrefix}tasks/`));
  if (strays.length === 0) return [];
  const shown = strays.slice(0, SHOWN).map(plainText);
  const more = strays.length > SHOWN ? ` and ${strays.length - SHOWN} more` : '';
  return [
    {
      area: 'remote',
      state: 'warning',
      says: `records that nobody reads since refs-prefix is ${refsPrefix}: ${shown.join(', ')}${more}`,
      mend: `Once no worker works under them: git push ${name} ${shown.map((ref) => `:${ref}`).join(' ')}`,
    },
  ];
}

/** `<prefix>tasks/<KEY>`; a person's branch that ends like one is below another folder than rota's. */
function isRecord(ref: string): boolean {
  const found = /^refs\/(.+)\/tasks\/([^/]+)$/.exec(ref);
  if (found === null) return false;
  const [, folder = '', key = ''] = found;
  const branch = folder.startsWith('heads/');
  return (
    parseTaskId(key) === key &&
    (!branch || /(?:^|\/)rota$/.test(folder)) &&
    !/^(?:tags|remotes)\//.test(folder)
  );
}

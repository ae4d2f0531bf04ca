import type { GitPlace, System } from '../../system/ports.ts';
import { type PathChange, splitAtNul } from './diff-paths.ts';

/** The settings of a checkout that decide what its files look like. */
export interface CheckoutSettings {
  readonly fileMode: boolean;
  readonly symlinks: boolean;
  readonly ignoreCase: boolean;
  readonly sparse: boolean;
  /** Text files are written with CRLF. */
  readonly crlf: 'never' | 'text' | 'auto';
}

/** Reads them in one call, worktree-specific settings included. */
export async function readSettings(system: System, place: GitPlace): Promise<CheckoutSettings> {
  const output = await system.git.run(place, ['config', '-z', '--get-regexp', '^core\\.'], { ok: [0, 1] });
  const values = new Map(
    splitAtNul(output.stdout).map((field): [string, string] => {
      const text = field.toString('utf8');
      const end = text.indexOf('\n');
      // A key without a value means true.
      return end === -1 ? [text, 'true'] : [text.slice(0, end), text.slice(end + 1)];
    }),
  );
  const is = (key: string, otherwise: boolean) => {
    const value = values.get(key)?.toLowerCase();
    return value === undefined ? otherwise : ['true', 'yes', 'on', '1'].includes(value);
  };
  return {
    fileMode: is('core.filemode', true),
    symlinks: is('core.symlinks', true),
    ignoreCase: is('core.ignorecase', false),
    sparse: is('core.sparsecheckout', false),
    crlf: is('core.autocrlf', false)
      ? 'auto'
      : values.get('core.eol')?.toLowerCase() === 'crlf'
        ? 'text'
        : 'never',
  };
}

/**
 * Finds changed paths whose files are not the raw bytes of their blobs: rota writes raw bytes only, because it runs nobody's
 * filters. Answers a function, so that the query need not wait for the settings that it is judged by.
 *
 * @param index another index to read attributes from first, for attributes that arrive with the change itself
 */
export async function findConversions(
  system: System,
  place: GitPlace,
  changes: readonly PathChange[],
  index?: string,
): Promise<(crlf: CheckoutSettings['crlf']) => string[]> {
  // One that goes is compared with its blob, too: converted, it would look like a person's change.
  const written = index === undefined ? changes : changes.filter((change) => change.new !== null);
  const paths = written.map((change) => change.path);
  if (paths.length === 0) return () => [];
  const names = ['text', 'eol', 'filter', 'ident', 'working-tree-encoding'];
  const output = await system.git.run(
    place,
    ['check-attr', '-z', '--stdin', ...(index === undefined ? [] : ['--cached']), ...names],
    {
      input: paths.map((path) => `${path}\0`).join(''),
      ...(index === undefined ? {} : { env: { GIT_INDEX_FILE: index } }),
    },
  );
  const attributes = new Map<string, Map<string, string>>();
  const fields = splitAtNul(output.stdout).map((field) => field.toString('utf8'));
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const [path = '', name = '', value = ''] = fields.slice(i, i + 3);
    attributes.set(path, (attributes.get(path) ?? new Map()).set(name, value));
  }
  return (crlf) =>
    [...attributes].flatMap(([path, values]) => {
      const conversion = conversionOf(values, crlf);
      return conversion === null ? [] : [`${path} ${conversion}`];
    });
}

function conversionOf(values: ReadonlyMap<string, string>, crlf: CheckoutSettings['crlf']): string | null {
  const given = (name: string) => {
    const value = values.get(name) ?? 'unspecified';
    return value === 'unspecified' || value === 'unset' ? null : value;
  };
  if (given('filter') !== null) return `goes through the filter ${given('filter')}, which rota does not run`;
  if (given('ident') !== null) return 'has the ident attribute';
  const encoding = given('working-tree-encoding');
  if (encoding !== null && !/^utf-?8$/i.test(encoding)) return `is kept in the encoding ${encoding}`;
  const text = values.get('text') ?? 'unspecified';
  if (text === 'unset') return null;
  const eol = given('eol');
  if (eol === 'lf') return null;
  if (eol === 'crlf' || crlf === 'auto' || (crlf === 'text' && text !== 'unspecified'))
    return 'is written with CRLF line ends';
  return null;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasBwrap, type Kept } from '../../support/boxed-scene.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import { hostileBox } from './canaries.ts';

/** Each attack by itself, and a line for each: ROTA_ATTACKS=none, `clone without bwrap`, bwrap or clone. */
const EACH = (['none', 'clone without bwrap', 'bwrap', 'clone'] as const).find(
  (kept) => kept === process.env['ROTA_ATTACKS'],
);

interface Seen {
  readonly harmed: readonly string[];
  /** In one or two words, for a table. */
  readonly said: string;
  readonly details: string;
}

async function attack(kept: Kept, attacks: readonly Attack[]): Promise<Seen> {
  const s = await hostileBox(kept);
  const steps = attacks.map(({ sh }) => `(${sh}) 2>/dev/null || true\n`);
  s.do(`${s.variables}echo work > src/a.txt\n${steps.join('')}exit 0\n`);
  const end = await s.run('A1');
  const harmed = s.harmed(end);
  s.cleanUp();
  // A repository without objects cannot be swept.
  const swept = end.doc.outcome === 'landed' ? (await s.rota(['sweep'])).stderr : '';
  const noticed = /while the agent worked|cannot end are at work|rota\/journal/.test(`${end.stderr}${swept}`);
  const outcome = end.doc.outcome ?? `exit ${end.code}`;
  const said = outcome !== 'landed' ? outcome : noticed ? 'said' : 'landed';
  return { harmed, said, details: `${JSON.stringify(end.doc)}\n${end.stderr}\n${swept}` };
}

describe.skipIf(!hasBwrap())('every attack at once reaches nothing of the person', () => {
  test.each(['bwrap', 'clone'] as const)('inside %s', { timeout: 300_000 }, async (kept) => {
    const { harmed, details } = await attack(kept, ATTACKS);
    expect(harmed, details).toEqual([]);
  });
});

test('a clone with the person’s rights: what is reached is noticed, and nothing lands', {
  timeout: 300_000,
}, async () => {
  const { harmed, said, details } = await attack('clone without bwrap', ATTACKS);
  expect(harmed.length, details).toBeGreaterThan(5);
  expect(said, details).not.toMatch(/landed|said/);
});

test('a clone with the person’s rights: main, a branch of another task and journals, by their paths: each is said', {
  timeout: 300_000,
}, async () => {
  const names = ['main deleted', "another task's branch deleted", "journals and notes of rota's"];
  const some = ATTACKS.filter(({ name }) => names.includes(name));
  const { harmed, details } = await attack('clone without bwrap', some);
  expect(harmed).toEqual(
    expect.arrayContaining(['refs of people, of other tasks, replace refs', 'journals']),
  );
  for (const { says } of some) expect(details).toMatch(says!);
});

test('what nobody can notice without a sandbox is in the docs, by name and with the reason', () => {
  const words = new Set(ATTACKS.flatMap(({ unnoticed }) => unnoticed ?? []));
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/safety.md'), 'utf8');
  const [, list = ''] = docs.split('What nobody can notice without a sandbox');
  expect([...words].filter((one) => !list.includes(`**${one}`))).toEqual([]);
  expect(words.size).toBe(2);
  expect(ATTACKS.filter(({ says, unnoticed }) => (says === undefined) === (unnoticed === undefined))).toEqual(
    [],
  );
});

describe.runIf(EACH !== undefined)('each attack by itself', () => {
  test.each(ATTACKS)('$name', { timeout: 300_000 }, async (one) => {
    const seen = await attack(EACH ?? 'none', [one]);
    const what = seen.harmed.length === 0 ? 'reaches nothing' : `reaches ${seen.harmed.join(', ')}`;
    console.log(`TABLE | ${one.name} | ${EACH} | ${what} | ${seen.said} |`);
    if (EACH === 'bwrap' || EACH === 'clone') expect(seen.harmed, seen.details).toEqual([]);
    else if (seen.harmed.length > 0 && one.says !== undefined) {
      expect(seen.said, seen.details).not.toBe('landed');
      expect(seen.details).toMatch(one.says);
    }
  });
});

import { expect, test } from 'vitest';
import { scene } from '../support/scene.ts';

/** What a run over http notes with --verbose, in order: its steps, and round trips as `> command refs`. */
async function story(hub: 'http' | 'file', config: Record<string, string>) {
  const s = await scene({ hub, config });
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  const { doc, stderr } = await s.rota(['run', 'developer', '--verbose']);
  expect(doc).toMatchObject({ outcome: 'landed' });
  return stderr.split('\n').map((line) => {
    const trip = /^remote: ([a-z-]+(?: [^,]+)?), \d+ ms$/.exec(line)?.[1];
    return trip === undefined ? line : `> ${trip}`;
  });
}

const tripsOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith('> '));
const BRANCH = 'ai/developer/A1-greet-from-a1';

test.each([
  // The lock is shown on main by the push that takes it.
  { hub: 'http', publish: 'claim', claim: ['> ls-remote', '> push main rota/tasks/A1'] },
  // Only the lock is pushed, and main is looked at once more.
  { hub: 'file', publish: 'off', claim: ['> ls-remote', '> push rota/tasks/A1', '> ls-remote'] },
] as const)(
  'over $hub, publish $publish: $claim for a claim, two round trips for a landing',
  async (case_) => {
    const lines = await story(case_.hub, { publish: case_.publish });
    const claimed = lines.findIndex((line) => / claim Greet from A1/.test(line));
    const judged = lines.findIndex((line) => / gate backlog: green/.test(line));
    const landed = lines.findIndex((line) => / land [0-9a-f]{8}/.test(line));
    // What others did is fetched by the first look.
    expect(tripsOf(lines.slice(0, claimed)).filter((trip) => trip !== '> fetch')).toEqual(case_.claim);
    // The branch goes there while the gate runs, its end does with the run's.
    const pushed = `> push ${BRANCH}`;
    const landing = tripsOf(lines.slice(judged, landed));
    expect(landing).toContain(pushed);
    expect(landing.filter((trip) => trip !== pushed)).toEqual(['> ls-remote', '> push main rota/tasks/A1']);
    expect(tripsOf(lines.slice(landed))).toEqual([pushed]);
    const total = /^remote: (\d+) round trips/.exec(lines.at(-2) ?? '')?.[1];
    expect(Number(total)).toBe(tripsOf(lines).length);
  },
);

test('without it nothing is noted', async () => {
  const s = await scene({ hub: 'file' });
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  expect((await s.run('developer')).stderr).not.toContain('remote: ');
});

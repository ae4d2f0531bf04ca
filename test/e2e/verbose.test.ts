import { expect, test } from 'vitest';
import { scene } from '../support/scene.ts';

/** What a run notes with --verbose, in order: its steps, and round trips as `> command`. */
async function story(hub: 'http' | 'file', more: Record<string, string> = {}) {
  const s = await scene({ hub, config: more });
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  const { doc, stderr } = await s.rota(['run', 'developer', '--verbose']);
  expect(doc).toMatchObject({ outcome: 'landed' });
  return stderr.split('\n').map((line) => {
    const trip = /^remote: ([a-z-]+), \d+ ms$/.exec(line)?.[1];
    return trip === undefined ? line : `> ${trip}`;
  });
}

const trips = (lines: readonly string[]) => lines.filter((line) => line.startsWith('> '));

test.each(['http', 'file'] as const)(
  'over %s: two round trips for a claim and one to look at main after it, two at most for a landing',
  async (hub) => {
    const lines = await story(hub, { publish: 'off' });
    const claimed = lines.findIndex((line) => / claim Greet from A1/.test(line));
    const gated = lines.findIndex(
      (line) => / gate .*: green after/.test(line) && !/ gate (?:contract|backlog):/.test(line),
    );
    const landed = lines.findIndex((line) => / land [0-9a-f]{8}/.test(line));
    // One fetch for what others did, asked for by the first look.
    const claim = trips(lines.slice(0, claimed)).filter((trip) => trip !== '> fetch');
    expect(claim).toEqual(['> ls-remote', '> push', '> ls-remote']);
    const landing = trips(lines.slice(gated, landed)).filter((trip) => trip !== '> fetch');
    expect(landing.length, landing.join()).toBeLessThanOrEqual(2);
    const total = /^remote: (\d+) round trips/.exec(lines.at(-2) ?? '')?.[1];
    expect(Number(total)).toBe(trips(lines).length);
  },
);

test('without it nothing is noted', async () => {
  const s = await scene({ hub: 'file' });
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  expect((await s.run('developer')).stderr).not.toContain('remote: ');
});

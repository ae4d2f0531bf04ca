import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

function run(name: string, ...args: string[]) {
  const script = fileURLToPath(new URL(`../../scripts/${name}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: 60_000 });
}

/** As a bundle, other than here, all of a harness and of the library below it is set up before its first line. */
test('the harness of all steps starts as the script that bundles it, and says how it is used', () => {
  const { status, stdout } = run('steps', '--help');
  expect(stdout).toContain('npm run steps -- [--scenario NAME]');
  expect(status).toBe(0);
});

test.each([
  ['steps', ['--wrong'], "Unknown option '--wrong'"],
  ['steps', ['--only', 'death'], 'There is no death to try.'],
  ['saves', ['--saves', 'x'], '--saves has to be a whole number, 0 or more, not x.'],
  ['simulate', ['--seed', '1.5'], '--seed has to be a whole number, 0 or more, not 1.5.'],
  ['saves', ['--kills='], '--kills has to be a whole number, 0 or more, not nothing.'],
  ['sweep-bench', ['--locks', '-3'], 'argument is ambiguous'],
  ['bench', ['--only', 'foo'], 'There is no part foo.'],
])('%s %j: what is wrong, and the usage', (name, args, words) => {
  const { status, stdout, stderr } = run(name, ...args);
  expect(stderr).toContain(words);
  expect(stderr).toContain('npm run ');
  expect(stderr).not.toMatch(/^ +at /m);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

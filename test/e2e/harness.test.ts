import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** As a bundle, other than here, all of a harness and of the library below it is set up before its first line. */
test('the harness of all steps starts as the script that bundles it, and says how it is used', () => {
  const script = fileURLToPath(new URL('../../scripts/steps.mjs', import.meta.url));
  const said = execFileSync(process.execPath, [script, '--help'], { encoding: 'utf8', timeout: 60_000 });
  expect(said).toContain('npm run steps -- [--scenario NAME]');
});

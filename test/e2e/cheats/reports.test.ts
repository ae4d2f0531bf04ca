import { expect, test } from 'vitest';
import { caught, cheatScene, expectGreenMain, WRONG } from './cheat-scene.ts';

/** Main's own runner: runs what tests.txt names, and writes a report if it ran anything. */
const RUNNER = `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const names = readFileSync('tests.txt', 'utf8').split('\\n').filter((name) => name !== '');
for (const name of names) await import(process.cwd() + '/' + name);
mkdirSync('out', { recursive: true });
const cases = names.map((name) => '<testcase name="' + name + '"/>').join('');
if (names.length > 0) writeFileSync('out/junit.xml', '<testsuites>' + cases + '</testsuites>');
`;
const FAKE = '<testsuites><testcase name="checks/sum.mjs"/></testsuites>\n';
const CHECK = "import { sum } from '../src/sum.mjs';\nif (sum(1, 2) !== 3) throw new Error('wrong');\n";
const WISH = {
  config: { gate: '[{run: "node tools/run.mjs", report: out/junit.xml}]' },
  files: { 'tools/run.mjs': RUNNER, 'tests.txt': 'checks/sum.mjs\n', 'checks/sum.mjs': CHECK },
};
/** Its own tests are no runner's that is known: nothing runs, and the command ends well. */
const NONE = { write: { 'tests.txt': '\n' } };

test('a report of the agent’s own, of an earlier run, or behind a link never counts: red', async () => {
  const s = await cheatScene(['A1', 'A2', 'A3', 'A4'], WISH);
  const noReport = {
    outcome: 'red',
    why: 'there is no report; its report was looked for in out/junit.xml',
  } as const;
  const own = { 'out/junit.xml': FAKE, 'junit.xml': FAKE, 'build/out/junit.xml': FAKE };
  await caught(s, 'A1', [WRONG, NONE, { write: own }], noReport);
  await caught(s, 'A2', [WRONG, NONE, { link: { out: 'fake' } }, { write: { 'fake/junit.xml': FAKE } }], {
    outcome: 'red',
    why: 'out is no folder, so there is no report',
  });
  // A green gate leaves its report where the next gate will look.
  s.agent.script('A3', [{ write: { 'src/other.txt': 'x\n' } }]);
  const green = await s.run('A3');
  expect(green, green.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  s.home.git('commit', '-q', '--amend', '-m', 'chore: landed honestly');
  await caught(s, 'A4', [WRONG, NONE], noReport);
  expectGreenMain(s);
});

test('a report that is huge, broken or a bomb is red, and never a crash', async () => {
  const s = await cheatScene(['A1', 'A2', 'A3'], WISH);
  const leaves = (code: string) => [
    {
      write: {
        'checks/sum.mjs': `import fs from 'node:fs';\n${CHECK}process.on('exit', () => {\n${code}\n});\n`,
      },
    },
  ];
  const put = (text: string) => `fs.writeFileSync('out/junit.xml', ${JSON.stringify(text)});`;
  await caught(s, 'A1', leaves("fs.truncateSync('out/junit.xml', 100 * 1024 * 1024);"), {
    outcome: 'red',
    why: /the report cannot be read: .*MiB/,
  });
  await caught(s, 'A2', leaves(put(entityBomb())), {
    outcome: 'red',
    why: /the report cannot be read: .*DOCTYPE/,
  });
  await caught(s, 'A3', leaves(put('<testsuites><testcase name="checks/sum.mjs">')), {
    outcome: 'red',
    why: 'the report cannot be read: ',
  });
  expectGreenMain(s);
});

/** A few hundred bytes that a careless parser makes ten to the thirtieth of. */
function entityBomb(): string {
  const entities = Array.from({ length: 30 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`);
  return `<!DOCTYPE a [<!ENTITY e0 "ha">${entities.join('')}]><testsuites><testcase name="&e30;"/></testsuites>`;
}

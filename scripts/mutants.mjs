import process, { exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutants/table.mjs';
import { openWorkshop } from './mutants/workshop.mjs';
import { optionValues } from './option-values.mjs';

/** Tests use processes and disks: more at once makes them slow, and slow tests fail for other reasons. */
const AT_ONCE = 2;

/** What a mutant fails with that is badly written. */
const BROKEN = /^(?:ReferenceError|SyntaxError|TypeError)/;
/** A test at its limit says that something is slow, perhaps the machine. */
const TIMED_OUT = /^(?:Error: )?(?:Test|Hook) timed out in /;

const USAGE = `npm run mutants -- [--only 7] [--name budget] [--list]
Takes the guard of each promise of docs/promises.md out, in a copy, and expects the named test to fail.
  --only N[,N]  these promises only; "-" for guards beside them
  --name TEXT   only those with this in their name
  --list        only names what would be done
`;

/**
 * Runs every mutant in a copy of the tracked files. Exits with 1 when one survives, its text is not found, its test does not
 * pass without it, or is not there.
 */
async function main() {
  const values = optionValues(USAGE, {
    only: { type: 'string' },
    name: { type: 'string', default: '' },
    list: { type: 'boolean' },
  });
  const wanted = values.only?.split(',') ?? null;
  const mutants = MUTANTS.filter(
    ({ promise, name }) => (wanted === null || wanted.includes(keyOf(promise))) && name.includes(values.name),
  );
  if (values.list) return stdout.write(mutants.map(lineOf).join(''));
  if (mutants.length === 0) throw new Error('there is no such mutant: see --list');

  const root = fileURLToPath(new URL('..', import.meta.url));
  const workshops = Array.from({ length: Math.min(AT_ONCE, mutants.length) }, () => openWorkshop(root));
  process.on('exit', () => {
    for (const workshop of workshops) workshop.close();
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => exit(130));
  const unready = await checkUnmutated(workshops, mutants);
  if (unready.length > 0) {
    stderr.write(`Without any mutant these tests do not pass:\n${unready.join('')}`);
    exit(1);
  }
  const results = await tryAll(workshops, mutants);
  stdout.write(`| promise | guard taken out | test that failed | seconds |\n| --- | --- | --- | --- |\n`);
  stdout.write(results.map(rowOf).join(''));
  const wrong = results.filter(({ end }) => end.kind !== 'killed');
  stdout.write(`\n${results.length - wrong.length} of ${results.length} mutants were killed.\n`);
  exit(wrong.length > 0 ? 1 : 0);
}

/** Each named test must pass as things are; one run of vitest for each project. */
async function checkUnmutated(workshops, mutants) {
  const projects = [...new Set(mutants.map(({ project }) => project))];
  const missing = await eachInTurn(workshops, projects, async (workshop, project) => {
    const own = mutants.filter((mutant) => mutant.project === project);
    const { tests, said } = await workshop.runTests(project, own);
    return own.flatMap((mutant) => {
      const found = tests.filter((test) => isOf(test, mutant));
      if (found.length > 0 && found.every(({ passed }) => passed)) return [];
      const why =
        found.length === 0 ? `did not run\n${said}` : found.map(({ message }) => message).join('\n');
      return [`${mutant.test}: "${mutant.title}"\n${indented(why)}\n`];
    });
  });
  return [...new Set(missing.flat())];
}

function tryAll(workshops, mutants) {
  return eachInTurn(workshops, mutants, async (workshop, mutant) => {
    const started = performance.now();
    const end = await tryOne(workshop, mutant);
    const seconds = (performance.now() - started) / 1000;
    stderr.write(`${end.kind.padEnd(9)} ${lineOf(mutant)}${indented(end.why.split('\n')[0])}\n`);
    return { mutant, end, seconds };
  });
}

/** A test that could not run, or that fails because the mutant is no sound program, proves nothing. */
async function tryOne(workshop, mutant) {
  const problem = workshop.mutate(mutant);
  if (problem !== null) return { kind: 'not found', why: problem };
  try {
    const { tests, said } = await workshop.runTests(mutant.project, [mutant]);
    const own = tests.filter((test) => isOf(test, mutant));
    if (own.length === 0) return { kind: 'no test', why: said };
    const failed = own.filter(({ passed }) => !passed);
    if (failed.length === 0) return { kind: 'survived', why: 'the test passes without the guard' };
    const [{ message: why }] = failed;
    return { kind: kindOf(why), why };
  } finally {
    workshop.restore();
  }
}

function kindOf(why) {
  if (BROKEN.test(why)) return 'broken';
  return TIMED_OUT.test(why) ? 'timed out' : 'killed';
}

function isOf({ file, name }, { test, title }) {
  return file === test && name.includes(title);
}

/** Every item once, each workshop with one at a time; results in the order of the items. */
async function eachInTurn(workshops, items, action) {
  const results = [];
  const left = new Set(items.keys());
  const busy = new Set();
  // A test file may name its runs, and processes are ended by their run: never twice at once.
  const next = () => [...left].find((at) => !busy.has(items[at].test));
  await Promise.all(
    workshops.map(async (workshop) => {
      for (let at = next(); at !== undefined; at = next()) {
        const { test } = items[at];
        left.delete(at);
        if (test !== undefined) busy.add(test);
        results[at] = await action(workshop, items[at]);
        busy.delete(test);
      }
    }),
  );
  return results;
}

/** As the table of docs/promises.md has it. */
function keyOf(promise) {
  return promise === null ? '-' : String(promise);
}

function rowOf({ mutant, end, seconds }) {
  const shown = end.kind === 'killed' ? '' : ` — **${end.kind}**: ${end.why.split('\n')[0]}`;
  const cells = [
    keyOf(mutant.promise),
    mutant.name,
    `${mutant.test}: "${mutant.title}"${shown}`,
    seconds.toFixed(1),
  ];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function lineOf({ promise, name, test, title }) {
  return `${keyOf(promise).padStart(2)}  ${name}\n${' '.repeat(14)}${test}: "${title}"\n`;
}

function indented(text) {
  return text.replace(/^/gm, '    ');
}

await main();

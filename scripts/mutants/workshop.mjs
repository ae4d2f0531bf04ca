import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { env, execPath, kill } from 'node:process';

/** A test run that takes longer proves nothing, in milliseconds. */
const PATIENCE = 240_000;

/** A copy of the tracked files in a temporary folder, where guards are taken out and tests run. */
export function openWorkshop(root) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rota-mutants-')));
  const copy = join(folder, 'copy');
  mkdirSync(join(folder, 'tmp'));
  copyTracked(root, copy);
  linkModules(root, copy);
  let originals = new Map();
  const running = new Set();
  return {
    /** Takes a guard out. A sentence when its text is not there exactly once; then nothing was changed. */
    mutate({ file, find, replace, also = [] }) {
      const texts = new Map();
      for (const edit of [{ file, find, replace }, ...also]) {
        const path = join(copy, edit.file);
        const text = texts.get(path) ?? (existsSync(path) ? readFileSync(path, 'utf8') : '');
        const parts = text.split(edit.find);
        if (parts.length !== 2) return `${edit.file} has the text ${parts.length - 1} times: ${edit.find}`;
        texts.set(path, parts.join(edit.replace));
      }
      originals = new Map([...texts.keys()].map((path) => [path, readFileSync(path)]));
      for (const [path, text] of texts) writeFileSync(path, text);
      return null;
    },

    restore() {
      for (const [path, bytes] of originals) writeFileSync(path, bytes);
      originals = new Map();
    },

    /** Runs the named tests of one project. `tests` is empty when nothing could be loaded; `said` says why. */
    async runTests(project, named) {
      const report = join(folder, 'report.json');
      rmSync(report, { force: true });
      const files = [...new Set(named.map(({ test }) => test))];
      const pattern = [...new Set(named.map(({ title }) => escaped(title)))].join('|');
      const args = ['run', '--project', project, ...files, `--testNamePattern=${pattern}`];
      const said = await runVitest(running, copy, folder, [
        ...args,
        '--reporter=json',
        `--outputFile=${report}`,
      ]);
      if (!existsSync(report)) return { tests: [], said };
      const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
      const tests = testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'passed' || status === 'failed')
          .map(({ status, fullName, failureMessages }) => ({
            file: relative(copy, name).replaceAll('\\', '/'),
            name: fullName,
            passed: status === 'passed',
            message: failureMessages.join('\n'),
          })),
      );
      return { tests, said: [said, ...testResults.map(({ message }) => message)].join('\n').trim() };
    },

    close: () => {
      for (const child of running) endGroup(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function copyTracked(root, copy) {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  for (const file of listed.split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { verbatimSymlinks: true });
  }
}

/** A folder of links, so that what tools cache in node_modules stays in the copy. */
function linkModules(root, copy) {
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') && name !== '.bin') continue;
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
}

/** What vitest wrote beside its report: why it could not even begin. */
function runVitest(running, copy, folder, args) {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  return new Promise((done) => {
    const child = spawn(execPath, [vitest, ...args], {
      cwd: copy,
      env: { ...env, TMPDIR: join(folder, 'tmp'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
    const timer = setTimeout(() => {
      said += `\nstopped after ${PATIENCE / 1000} s`;
      endGroup(child);
    }, PATIENCE);
    child.on('close', () => {
      clearTimeout(timer);
      running.delete(child);
      done(said);
    });
  });
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function endGroup({ pid }) {
  try {
    kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

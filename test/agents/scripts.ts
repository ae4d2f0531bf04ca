import type { ModelTurn } from './model/model-turn.ts';

const RESULT = [
  '---',
  'outcome: done',
  'summary: greets politely, with a test',
  'commit: {type: feat, subject: add a greeting}',
  'tests: npm test, all pass',
  '---',
  'Scripted.',
  '',
].join('\n');

const TEST = [
  "import assert from 'node:assert';",
  "import { test } from 'node:test';",
  "import { greet } from '../src/greet.mjs';",
  '',
  "test('greets politely', () => assert.equal(greet('Ann'), 'Good day, Ann'));",
  '',
].join('\n');

/** The good answers after which there are files that nobody has committed yet. */
export const AFTER_FILES = 3;

/** A small real task: look, write code and a test, run the tests, commit, write the result, say so. */
export function greetingScript(): ModelTurn[] {
  return [
    { shell: 'echo "FOLDER=$PWD"; ls' },
    ...filesTurns('Good day'),
    { shell: 'npm test --silent 2>&1 | tail -n 20' },
    { shell: "git add -A && git commit -q -m 'feat: add a greeting' && git log --oneline -1" },
    resultTurn(),
    { say: 'The greeting is there, tests pass.' },
  ];
}

/** The first answer breaks its own test; the second prompt's mends it. @param waits pieces of waiting in the first */
export function redThenGreen(waits = 0): ModelTurn[] {
  return [
    { shell: 'echo "FOLDER=$PWD"; ls' },
    ...waiting(waits),
    ...filesTurns('Good night'),
    resultTurn(),
    { say: 'The greeting is there, I did not run the tests.' },
    { shell: "sed -i 's/Good night/Good day/' src/greet.mjs && npm test --silent 2>&1 | tail -n 20" },
    resultTurn(),
    { say: 'The greeting is polite now, tests pass.' },
  ];
}

/** A file first; then a tool that it may not use (`DENIED`). It writes no result. */
export function deniedScript(): ModelTurn[] {
  return [
    { shell: 'echo "FOLDER=$PWD"; ls' },
    { write: 'src/greet.mjs', text: codeOf('Good day') },
    { tool: 'DENIED', input: {} },
    { say: 'I was not allowed to do that, so I stop here.' },
  ];
}

/** Pieces of waiting in a minute, of five seconds each. */
export const WAITS = 12;

/** As long as a real model thinks: a minute in which rota has nothing to do but to watch. */
export function slowScript(): ModelTurn[] {
  const [look, ...rest] = greetingScript();
  return [look!, ...waiting(WAITS), ...rest];
}

function waiting(times: number): ModelTurn[] {
  return Array.from({ length: times }, (_, n) => ({ shell: `sleep 5; echo ${n}` }));
}

function codeOf(greeting: string): string {
  return `export function greet(name) {\n  return \`${greeting}, \${name}\`;\n}\n`;
}

function filesTurns(greeting: string): ModelTurn[] {
  return [
    { write: 'src/greet.mjs', text: codeOf(greeting) },
    { write: 'test/greet.test.mjs', text: TEST },
  ];
}

/** By the shell: the result file is outside the worktree, where a client's own tools may not write. */
function resultTurn(): ModelTurn {
  return { shell: `cat > "$ROTA_RESULT" <<'END'\n${RESULT}END` };
}

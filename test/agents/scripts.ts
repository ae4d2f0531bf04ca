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

/** A small real task: look, write code and a test, run the tests, commit, write the result, say so. */
export function greetingScript(greeting = 'Good day'): ModelTurn[] {
  const code = `export function greet(name) {\n  return \`${greeting}, \${name}\`;\n}\n`;
  const test = [
    "import assert from 'node:assert';",
    "import { test } from 'node:test';",
    "import { greet } from '../src/greet.mjs';",
    '',
    "test('greets politely', () => assert.equal(greet('Ann'), 'Good day, Ann'));",
    '',
  ].join('\n');
  return [
    { shell: 'echo "FOLDER=$PWD"; ls' },
    { write: 'src/greet.mjs', text: code },
    { write: 'test/greet.test.mjs', text: test },
    { shell: 'npm test --silent 2>&1 | tail -n 20' },
    { shell: "git add -A && git commit -q -m 'feat: add a greeting' && git log --oneline -1" },
    resultTurn(),
    { say: 'The greeting is there, tests pass.' },
  ];
}

/** By the shell: the result file is outside the worktree, where a client's own tools may not write. */
export function resultTurn(): ModelTurn {
  return { shell: `cat > "$ROTA_RESULT" <<'END'\n${RESULT}END` };
}

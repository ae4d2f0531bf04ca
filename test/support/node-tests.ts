/** A file of node:test: `a+` passes, `a-` fails, `a~` is skipped. */
export function nodeTests(...tests: string[]): string {
  const lines = tests.map((test) => {
    const [name, mark] = [test.slice(0, -1), test.at(-1)];
    const options = mark === '~' ? ', { skip: true }' : '';
    return `test('${name}'${options}, () => { assert.equal(1, ${mark === '-' ? 2 : 1}); });`;
  });
  return `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n${lines.join('\n')}\n`;
}

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox } from '../support/repo.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** What the README begins with: a shop with a test, and its stand-in for an agent. */
const SHOP = {
  'package.json': '{ "name": "shop", "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/total.js':
    'export function total(prices) {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n',
  'test/total.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/total.js';

test('adds the prices', () => assert.equal(total([2, 3]), 5));
`,
};

/** Holds the agent until the file is there, so that the lock can be looked at. */
const HOLD = `import { existsSync } from 'node:fs';
while (!existsSync(process.env.HOME + '/go')) await new Promise((done) => setTimeout(done, 20));
`;

/** A command of the README with the output that it shows. */
interface Shown {
  readonly command: string;
  readonly output: string;
}

test('the five minutes of the README, command by command, print what it shows', {
  timeout: 120_000,
}, async () => {
  const box = sandbox();
  const bin = join(box.folder, 'bin');
  mkdirSync(bin);
  symlinkSync(join(ROOT, 'dist/rota.js'), join(bin, 'rota'));
  const env = { ...box.env, PATH: `${bin}:${box.env['PATH']}` };
  const agent = /^```js\n([\s\S]*?)^```$/m.exec(README)?.[1] ?? '';
  const repo = box.repo('shop', { ...SHOP, 'tools/agent.mjs': HOLD + agent });

  const sh = (command: string) => {
    const ran = spawnSync('sh', ['-c', `${command} 2>&1`], { cwd: repo.root, env, encoding: 'utf8' });
    return steady(ran.stdout, repo.root);
  };
  const during = shown('during');
  for (const { command, output } of shown('session')) {
    if (command !== 'rota run developer') {
      expect(sh(command), command).toBe(steady(output, repo.root));
      continue;
    }
    const child = spawn('sh', ['-c', `${command} 2>&1`], {
      cwd: repo.root,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    const ended = new Promise<void>((done) => child.on('close', () => done()));
    await new Promise<void>((done) => {
      child.on('close', () => done());
      child.stdout.on('data', (piece) => {
        said += piece;
        if (said.includes('agent started')) done();
      });
    });
    for (const look of during) expect(sh(look.command), look.command).toBe(steady(look.output, repo.root));
    writeFileSync(join(box.env['HOME']!, 'go'), '');
    await ended;
    expect(steady(said, repo.root), command).toBe(steady(output, repo.root));
  }
  expect(during.length).toBeGreaterThan(0);
});

/** The commands of the README's blocks of a kind, in order; output ends at the next command. */
function shown(kind: 'session' | 'during'): Shown[] {
  const blocks = [...README.matchAll(new RegExp(`^\`\`\`console ${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  return blocks.flatMap((block) =>
    block[1]!
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const line = part.indexOf('\n');
        return { command: part.slice(0, line), output: part.slice(line + 1) };
      }),
  );
}

/** What differs from one run to the next: times, ids, numbers of the machine, folders. */
function steady(text: string, root: string): string {
  return text
    .replaceAll(root, '/home/pat/shop')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?/g, '<time>')
    .replace(/^\d\d:\d\d:\d\d/gm, '<time>')
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, '<run>')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/g, '<id>')
    .replace(/\b\d+\.\d ?s\b/g, '<seconds>')
    .replace(/(pid|pgid|started|pid-namespace|host|machine|boot): .*/g, '$1: <machine>')
    .replace(/\bby: [^\s,@]+@[^\s,]+/g, 'by: <person>')
    .trim();
}

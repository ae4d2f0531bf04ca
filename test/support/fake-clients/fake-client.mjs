// A client that does what a test has written down for it and says what the real one said (test/samples/agents).
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const [, , desk, samples, client, ...argv] = process.argv;
appendFileSync(`${desk}/turns`, '.');
const turn = readFileSync(`${desk}/turns`, 'utf8').length;
const at = (name) => `${desk}/${turn}.${name}`;
writeFileSync(at('argv'), JSON.stringify(argv));
writeFileSync(at('env'), JSON.stringify(process.env));
writeFileSync(at('prompt'), readFileSync(0));

const turns = JSON.parse(readFileSync(`${desk}/script.json`, 'utf8'));
const {
  sample,
  write = {},
  sh = null,
  result = null,
  hang = false,
  reached = null,
} = turns[turn - 1] ?? turns.at(-1);
const lines = readFileSync(`${samples}/${client}/${sample}.txt`, 'utf8')
  .split('\n')
  .filter((line) => /^[>!=] /.test(line));
const said = (mark, stream) => {
  for (const line of lines)
    if (line.startsWith(mark)) stream.write(`${line.slice(2).replaceAll('/work/tree', process.cwd())}\n`);
};

for (const [path, text] of Object.entries(write)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
if (sh !== null) execFileSync('sh', ['-c', sh], { stdio: ['ignore', 'ignore', 'inherit'] });
if (result !== null) writeFileSync(process.env.ROTA_RESULT, result);
said('> ', process.stdout);
said('! ', process.stderr);
if (reached !== null) writeFileSync(`${desk}/${reached}`, '');
const [, code, signal] = /^= (?:timed-out|exit (\d+)|signal (SIG[A-Z]+))$/.exec(lines.at(-1));
if (hang || (code === undefined && signal === undefined)) setInterval(() => existsSync(desk), 1000);
else if (signal !== undefined) process.kill(process.pid, signal);
else process.exitCode = Number(code);

import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { numberIn, optionValues } from '../../scripts/option-values.mjs';
import { CLIENTS } from './clients.ts';
import { MODES } from './mode.ts';
import { roundsOf } from './rounds.ts';
import { serve } from './serve.ts';
import { testAgents } from './test-agents.ts';

/** `npm run test:agents`: the command line. Bundled and started by scripts/agents.mjs; ROTA_BUILT is the command. */
const USAGE = `usage: npm run test:agents -- [--client NAME]... [--mode NAME]... [--acp] [--isolation KIND] [--at-once N] [--slow N] [--cache FOLDER] [--keep FOLDER] [--json FILE]
   or: npm run test:agents -- --serve [--port N] [--fault NAME] [--after N] [--times N] [--script NAME] [--record FILE]`;
const values = optionValues(USAGE, {
  client: { type: 'string', multiple: true, default: [] },
  mode: { type: 'string', multiple: true, default: [] },
  acp: { type: 'boolean', default: false },
  cache: { type: 'string' },
  keep: { type: 'string' },
  slow: { type: 'string', default: '1' },
  isolation: { type: 'string' },
  'at-once': { type: 'string', default: '1' },
  json: { type: 'string' },
  serve: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  fault: { type: 'string' },
  after: { type: 'string', default: '0' },
  times: { type: 'string' },
  script: { type: 'string' },
  record: { type: 'string' },
});

const unknown = [
  ...values.client
    .filter((name) => !CLIENTS.some((client) => client.name === name))
    .map((name) => `client ${name}`),
  ...values.mode.filter((name) => !MODES.some((mode) => mode.name === name)).map((name) => `mode ${name}`),
];
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', no ')}.`);
  console.error(`clients: ${CLIENTS.map(({ name }) => name).join(', ')}`);
  console.error(`modes:   ${MODES.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (values.serve) {
  await serve({
    port: number('port', 0),
    fault: values.fault ?? null,
    after: number('after', 0),
    times: values.times === undefined ? Number.POSITIVE_INFINITY : number('times', 0),
    script: values.script ?? null,
    record: values.record ?? null,
  });
} else {
  const cache =
    values.cache ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rota-agents');
  mkdirSync(cache, { recursive: true });
  process.exitCode = await testAgents({
    rounds: roundsOf({
      clients: values.client,
      modes: values.mode,
      isolation: values.isolation ?? null,
      acp: values.acp,
    }),
    cache: resolve(cache),
    rota: process.env['ROTA_BUILT']!,
    source: process.env['ROTA_SOURCE']!,
    slow: number('slow', 1),
    atOnce: number('at-once', 1),
    keep: values.keep === undefined ? null : resolve(values.keep),
    json: values.json === undefined ? null : resolve(values.json),
  });
}

function number(name: string, least: number): number {
  return numberIn(USAGE, values, name, { least });
}

import { parseArgs } from 'node:util';
import { serve } from './serve.ts';

/** `npm run test:agents`: the command line. Bundled and started by scripts/agents.mjs; ROTA_BUILT is the command. */
const { values } = parseArgs({
  options: {
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    fault: { type: 'string' },
    after: { type: 'string', default: '0' },
    times: { type: 'string' },
    script: { type: 'string' },
    record: { type: 'string' },
  },
});
if (values.serve)
  await serve({
    port: Number(values.port),
    fault: values.fault ?? null,
    after: Number(values.after),
    times: Number(values.times ?? Number.POSITIVE_INFINITY),
    script: values.script ?? null,
    record: values.record ?? null,
  });

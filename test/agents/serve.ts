import { readFileSync } from 'node:fs';
import { FAULTS, type FaultKind } from './model/fault.ts';
import { modelServer } from './model/model-server.ts';
import { greetingScript } from './scripts.ts';

export interface ServeWish {
  readonly port: number;
  readonly fault: string | null;
  readonly after: number;
  readonly times: number;
  /** JSON: a list of model turns. */
  readonly script: string | null;
  readonly record: string | null;
}

/** Only the model server, until it is interrupted: to try a client by hand. Prints its address. */
export async function serve(wish: ServeWish): Promise<void> {
  if (wish.fault !== null && !FAULTS.some((kind) => kind === wish.fault))
    throw new Error(`--fault ${wish.fault}: one of ${FAULTS.join(', ')} was expected`);
  const kind = wish.fault as FaultKind | null;
  const server = await modelServer({
    script: wish.script === null ? greetingScript() : JSON.parse(readFileSync(wish.script, 'utf8')),
    fault: kind === null ? null : { kind, after: wish.after, times: wish.times, retryAfter: 2 },
    port: wish.port,
    ...(wish.record === null ? {} : { record: wish.record }),
  });
  console.log(server.url);
  await new Promise<void>((stop) => {
    process.once('SIGTERM', () => stop());
    process.once('SIGINT', () => stop());
  });
  console.error(JSON.stringify({ requests: server.requests, told: server.told() }, null, 2));
  await server.close();
}

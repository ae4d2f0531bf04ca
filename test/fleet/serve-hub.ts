import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { answerGit } from '../support/git-http.ts';
import type { FleetPlaces } from './make-fleet.ts';
import { sshHub } from './ssh-hub.ts';

export const HUBS = ['http', 'ssh', 'file'] as const;
export type HubKind = (typeof HUBS)[number];

/** The shared repository as the machines see it. */
export interface ServedHub {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the shared repository: over http with `git http-backend` or ssh on loopback, or as files. */
export async function serveHub(kind: HubKind, places: FleetPlaces): Promise<ServedHub> {
  const { hub, env } = places;
  if (kind === 'ssh') return sshHub(places);
  if (kind === 'file') return { url: `file://${hub}`, close: async () => undefined };
  const server = createServer((request, response) => answerGit({ root: hub, env }, request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${basename(hub)}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

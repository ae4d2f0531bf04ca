import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { afterEach } from 'vitest';
import { answerGit } from './git-http.ts';
import type { TestRepo } from './repo.ts';

const open: HttpRemote[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((remote) => remote.close()));
});

export interface HttpRemote {
  readonly url: string;
  /**
   * What happens to requests whose path ends with `service`: `pass` (default), `refuse` (the connection is cut before git
   * hears of it), `cut` (git does it, and the answer never arrives), or a status code.
   */
  behave(service: string, how: 'pass' | 'refuse' | 'cut' | number, times?: number): void;
  /** Requests so far, as `GET /info/refs?service=git-upload-pack`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * Serves a bare repository with `git http-backend` on a random loopback port, pushes included. Closed after the test.
 *
 * @param login `user:password` that every request must have
 */
export async function httpRemote(bare: TestRepo, login: string | null = null): Promise<HttpRemote> {
  bare.git('config', 'http.receivepack', 'true');
  const rules = new Map<string, { how: 'pass' | 'refuse' | 'cut' | number; times: number }>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(`/${basename(bare.root)}`, '');
    requests.push(`${request.method} ${path}`);
    const service = [...rules.keys()].find((name) => path.endsWith(name));
    const rule = service === undefined ? undefined : rules.get(service);
    const how = rule === undefined || rule.times-- <= 0 ? 'pass' : rule.how;
    const basic = `Basic ${Buffer.from(login ?? '').toString('base64')}`;
    if (login !== null && request.headers.authorization !== basic)
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    if (how === 'refuse') return void request.socket.destroy();
    if (typeof how === 'number') return void response.writeHead(how).end();
    answerGit({ root: bare.root, env: bare.sandbox.env }, request, response, how === 'cut');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const remote: HttpRemote = {
    url: `http://127.0.0.1:${port}/${basename(bare.root)}`,
    requests,
    behave: (service, how, times = Number.POSITIVE_INFINITY) => void rules.set(service, { how, times }),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  open.push(remote);
  return remote;
}

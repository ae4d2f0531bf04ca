import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { afterEach } from 'vitest';
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

/** Serves a bare repository with `git http-backend` on a random loopback port, pushes included. Closed after the test. */
export async function httpRemote(bare: TestRepo): Promise<HttpRemote> {
  bare.git('config', 'http.receivepack', 'true');
  const rules = new Map<string, { how: 'pass' | 'refuse' | 'cut' | number; times: number }>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(`/${basename(bare.root)}`, '');
    requests.push(`${request.method} ${path}`);
    const service = [...rules.keys()].find((name) => path.endsWith(name));
    const rule = service === undefined ? undefined : rules.get(service);
    const how = rule === undefined || rule.times-- <= 0 ? 'pass' : rule.how;
    if (how === 'refuse') return void request.socket.destroy();
    if (typeof how === 'number') return void response.writeHead(how).end();
    backend(bare, request, response, how === 'cut');
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

function backend(bare: TestRepo, request: IncomingMessage, response: ServerResponse, cut: boolean): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const { headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      ...bare.sandbox.env,
      GIT_PROJECT_ROOT: dirname(bare.root),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(path),
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? 'GET',
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  child.on('close', () => {
    if (cut) return void request.socket.destroy();
    const answer = Buffer.concat(pieces);
    const end = answer.indexOf('\r\n\r\n');
    let status = 200;
    for (const line of answer.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else if (name !== '') response.setHeader(name, value);
    }
    response.writeHead(status).end(answer.subarray(end + 4));
  });
}

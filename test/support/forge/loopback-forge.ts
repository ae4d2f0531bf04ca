import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Sandbox, TestRepo } from '../repo.ts';
import { answerGraphql } from './graphql.ts';
import { type Association, type Check, type Request, Requests, type Review } from './requests.ts';
import { answerRest, type Rules } from './rest.ts';

const TOKEN = 'loopback-token';
/** Of the system, like git. */
const OPENSSL = 'openssl';
const open: LoopbackForge[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((forge) => forge.close()));
});

export type Behaviour =
  | 'normal'
  /** Every connection is cut. */
  | 'offline'
  /** 403 with the headers of a spent limit. */
  | 'rate-limited'
  /** 401, as for a token that was taken back. */
  | 'logged-out'
  /** A web page instead of an answer. */
  | 'page'
  /** JSON of another shape. */
  | 'nonsense'
  /** 502. */
  | 'broken';

interface Who {
  readonly by?: string;
  /** Default OWNER. */
  readonly as?: Association;
}

/**
 * A GitHub on this machine that the real `gh` talks to over https, backed by real bare repositories. The sandbox's
 * environment is set up for it: every rota and gh started there uses it (GH_HOST, GH_ENTERPRISE_TOKEN, SSL_CERT_FILE), and
 * git takes its addresses to the bare repositories (`insteadOf`). Gone after the test.
 */
export interface LoopbackForge {
  /** `localhost:1234` */
  readonly host: string;
  /** What a clone's remote is: `https://localhost:1234/acme/shop.git`. */
  readonly url: string;
  /** The bare repository behind it: main, branches, `refs/pull/N/head`. */
  readonly bare: TestRepo;
  /** Every request there is, heads up to date. Change them freely. */
  readonly all: () => readonly Request[];
  get(number: number): Request;
  /** What was asked so far, such as `POST graphql RotaFollow` or `GET repos/acme/shop/pulls`. */
  readonly asked: string[];
  /** Labels and people (teams by their last part) that are there: `rota`, `mike`, `backend` at first. */
  readonly labels: Set<string>;
  readonly people: Set<string>;
  /** What the repository allows. */
  readonly rules: Rules;
  /** From now on, for every question. `until`: when a rate limit ends. */
  behave(how: Behaviour, until?: Date): void;
  /** A request that a person opens; `from`: the owner of a fork. The branch has to be there. */
  open(made: { branch: string; title?: string; body?: string; from?: string } & Partial<Request>): Request;
  /** A fork's bare repository, with everything that is in this one now. */
  fork(owner: string): TestRepo;
  comment(number: number, body: string, who?: Who): void;
  review(number: number, state: Review['state'], body: string, who?: Who): void;
  /** A comment on a line. */
  remark(
    number: number,
    at: { path: string; line: number | null; resolved?: boolean },
    body: string,
    who?: Who,
  ): void;
  /** For the head of now. */
  check(number: number, ...checks: Check[]): void;
  /** Answers the commit on main. */
  merge(number: number, how: 'merge' | 'squash' | 'rebase'): string;
  shut(number: number): void;
  close(): Promise<void>;
}

/** Starts one with an empty bare repository `acme/shop`, or what `seed` pushes there. */
export async function loopbackForge(box: Sandbox, seed?: TestRepo): Promise<LoopbackForge> {
  const [owner, name] = ['acme', 'shop'];
  const bare = box.bare(`forge/${owner}/${name}.git`);
  if (seed !== undefined) seed.git('push', '-q', bare.root, 'HEAD:refs/heads/main');
  const requests = new Requests(owner, bare);
  const { key, cert, file } = certificate(box.folder);
  const rules: Rules = {
    ...{ drafts: true, merge: true, squash: true, rebase: true, autoMerge: true },
    lists: 'right',
  };
  const labels = new Set(['rota']);
  const people = new Set(['mike', 'backend']);
  const asked: string[] = [];
  let behaviour: { how: Behaviour; until: Date } = { how: 'normal', until: new Date(0) };
  let moment = Date.parse('2026-01-02T00:00:00Z');
  const now = () => {
    moment += 1000;
    return new Date(moment).toISOString().replace('.000Z', 'Z');
  };

  const server = createServer({ key, cert }, (request, response) => {
    answer(request, response).catch((error) => send(response, 500, { message: String(error) }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const web = `https://${host}`;
  Object.assign(box.env, { GH_HOST: host, GH_ENTERPRISE_TOKEN: TOKEN, SSL_CERT_FILE: file });
  appendFileSync(
    join(box.env['HOME']!, '.gitconfig'),
    `[url "${join(box.folder, 'forge')}/"]\n\tinsteadOf = ${web}/\n`,
  );

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', web);
    const path = url.pathname.replace(/^\/api\/(?:v3\/)?/, '');
    const operation =
      typeof body['query'] === 'string' ? /(?:query|mutation) (\w+)/.exec(body['query'])?.[1] : null;
    asked.push([request.method, path, operation].filter(Boolean).join(' '));
    if (misbehave(response)) return;
    if (request.headers.authorization !== `token ${TOKEN}`)
      return send(response, 401, { message: 'Bad credentials' });
    if (path === 'graphql') {
      const said = await answerGraphql({ requests, name, web, autoMerge }, body as { query: string });
      const errors = said.errors?.map((error) => ({
        type: (error.originalError as { type?: string } | undefined)?.type,
        message: error.message,
        path: error.path,
      }));
      return send(response, 200, { ...said, ...(errors === undefined ? {} : { errors }) });
    }
    const door = { requests, name, web, labels, people, rules };
    const said = answerRest(door, { method: request.method ?? 'GET', path, query: url.searchParams, body });
    send(response, said.status, said.json);
  }

  function autoMerge(request: Request, method: string): string | null {
    if (!rules.autoMerge) return 'Auto merge is not allowed for this repository';
    request.autoMerge = method;
    return null;
  }

  function misbehave(response: ServerResponse): boolean {
    switch (behaviour.how) {
      case 'normal':
        return false;
      case 'offline':
        response.socket?.destroy();
        return true;
      case 'rate-limited':
        response.setHeader('x-ratelimit-remaining', '0');
        response.setHeader('x-ratelimit-reset', String(Math.floor(behaviour.until.getTime() / 1000)));
        send(response, 403, { message: 'API rate limit exceeded for user ID 1.' });
        return true;
      case 'logged-out':
        send(response, 401, { message: 'Bad credentials' });
        return true;
      case 'page':
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<html><h1>Under maintenance</h1></html>');
        return true;
      case 'nonsense':
        send(response, 200, { data: { repository: { p0: { number: 'seven' } } } });
        return true;
      case 'broken':
        send(response, 502, { message: 'Bad Gateway' });
        return true;
      default:
        return behaviour.how satisfies never;
    }
  }

  function get(number: number): Request {
    requests.refresh();
    const found = requests.all.find((one) => one.number === number);
    if (found === undefined) throw new Error(`there is no request ${number}`);
    return found;
  }

  const said = (body: string, { by = 'mike', as = 'OWNER' }: Who = {}) => ({
    by,
    association: as,
    body,
    at: now(),
  });
  const forge: LoopbackForge = {
    ...{ host, url: `${web}/${owner}/${name}.git`, bare, get, asked, labels, people, rules },
    all: () => {
      requests.refresh();
      return requests.all;
    },
    behave: (how, until = new Date(Date.now() + 3_600_000)) => {
      behaviour = { how, until };
    },
    open: ({ title = 'feat: something', body = '', ...made }) =>
      requests.open({ base: 'main', title, body, ...made }),
    fork: (by) => {
      const made = box.bare(`forge/${by}/${name}.git`);
      made.git('fetch', '-q', bare.root, '+refs/heads/*:refs/heads/*');
      requests.owners.set(by, made);
      return made;
    },
    comment: (number, body, who) => void get(number).comments.push(said(body, who)),
    review: (number, state, body, who) => {
      const request = get(number);
      request.reviews.push({ ...said(body, who), state, commit: request.head });
    },
    remark: (number, { path, line, resolved = false }, body, who) =>
      void get(number).threads.push({ path, line, resolved, comments: [said(body, who)] }),
    check: (number, ...checks) => {
      const request = get(number);
      request.checks.set(request.head, checks);
    },
    merge: (number, how) => requests.merge(get(number), how),
    shut: (number) => {
      get(number).state = 'CLOSED';
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  open.push(forge);
  return forge;
}

function certificate(folder: string): { key: Buffer; cert: Buffer; file: string } {
  const [keyFile, file] = [join(folder, 'forge-key.pem'), join(folder, 'forge-cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync(OPENSSL, ['req', '-x509', ...curve, '-keyout', keyFile, '-out', file, ...subject], {
    stdio: 'pipe',
  });
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(json));
}

import type { Neutral } from '../store/neutral.ts';
import type { System } from '../system/ports.ts';
import { type RemoteAddress, readRemoteAddress } from './remote-address.ts';

export interface FoundAddress {
  /** What git makes of the remote's URL: other repositories' are made like it. */
  readonly url: string;
  /** Null: no place on the web. */
  readonly address: RemoteAddress | null;
}

const ASK_LIMIT = 10_000;

/**
 * The place behind a remote's URL. A name such as `work:acme/shop` means what the person's own settings make of it: git's
 * `insteadOf`, or a `Host work` of ssh's. A whole host name is taken as it is.
 */
export async function findAddress(system: System, neutral: Neutral, url: string): Promise<FoundAddress> {
  const address = readRemoteAddress(url);
  if (address === null || isWhole(address.host)) return { url, address };
  const expanded = await expand(system, neutral, url);
  const other = readRemoteAddress(expanded);
  if (other !== null && isWhole(other.host)) return { url: expanded, address: other };
  const host = await sshHost(system, address.host);
  const real = host === null ? null : readRemoteAddress(`ssh://${host}/${address.path}`);
  return { url, address: real ?? address };
}

function isWhole(host: string): boolean {
  return host.includes('.') || /^(?:localhost(?::\d+)?$|\[)/.test(host);
}

async function expand(system: System, neutral: Neutral, url: string): Promise<string> {
  const place = { kind: 'repository', gitDir: neutral.folder } as const;
  const said = await system.git.run(place, ['ls-remote', '--get-url', '--', url], { ok: [0, 1, 128, 129] });
  return said.code === 0 ? said.stdout.toString('utf8').trim() : url;
}

/** What ssh would connect to; it connects to nothing. */
async function sshHost({ processes, environment }: System, alias: string): Promise<string | null> {
  const env: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'USER']) {
    const value = environment.variables[name];
    if (value !== undefined) env[name] = value;
  }
  const ran = await processes.run({ argv: ['ssh', '-G', '--', alias], cwd: '/', env, timeLimit: ASK_LIMIT });
  if (ran.code !== 0) return null;
  return /^hostname (\S+)$/m.exec(ran.stdout.toString('utf8'))?.[1] ?? null;
}

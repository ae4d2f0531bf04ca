/** What a remote's URL says about the place on the web behind it. */
export interface RemoteAddress {
  /** How a browser goes there. */
  readonly scheme: 'https' | 'http';
  /** In small letters, as in the browser: with a port only for http and https, never with a login. */
  readonly host: string;
  /** `owner/name`; on some hosts more parts. Without `.git` and slashes around it. */
  readonly path: string;
}

/** Hosts that answer ssh under another name than the web's. */
const WEB_NAME: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
  'ssh.dev.azure.com': 'dev.azure.com',
  'vs-ssh.visualstudio.com': 'dev.azure.com',
};

/** Reads https, ssh, git and scp-like URLs; null for a folder, a bundle, or anything odd. */
export function readRemoteAddress(url: string): RemoteAddress | null {
  const full =
    /^(https?|ssh|git|git\+ssh|ssh\+git):\/\/(?:[^/@\s]*@)?([^/:@\s]+|\[[0-9a-f:]+\])(:\d{1,5})?\/(.+)$/i.exec(
      url,
    );
  if (full !== null) {
    const [, scheme = '', host = '', port = '', path = ''] = full;
    const web = /^http$/i.test(scheme) ? 'http' : 'https';
    return address(web, host, /^https?$/i.test(scheme) && port !== DEFAULT_PORT[web] ? port : '', path);
  }
  if (url.includes('://')) return null;
  // scp-like: the colon comes before any slash; one letter before it is a drive.
  const short = /^(?:[^/@:\s]+@)?([^/:@\s]{2,}|\[[0-9a-f:]+\]):(?!\/\/)(.+)$/i.exec(url);
  return short === null ? null : address('https', short[1] ?? '', '', short[2] ?? '');
}

/**
 * The address of another repository of the same host, made like this one: scheme, login, port and `.git` stay.
 *
 * @param path `owner/name`
 */
export function siblingUrl(url: string, path: string): string | null {
  const own = readRemoteAddress(url);
  if (own === null || !isPath(path)) return null;
  const at = url.lastIndexOf(own.path);
  return at < 0 ? null : `${url.slice(0, at)}${path}${/\.git\/*$/.test(url) ? '.git' : ''}`;
}

const DEFAULT_PORT = { https: ':443', http: ':80' };

function address(
  scheme: RemoteAddress['scheme'],
  host: string,
  port: string,
  rawPath: string,
): RemoteAddress | null {
  const name = host.toLowerCase();
  const path = rawPath
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  if (!/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/.test(name) || !isPath(path)) return null;
  return { scheme, host: `${WEB_NAME[name] ?? name}${port}`, path };
}

/** One part or more, none of which a shell, a URL or a file system reads in another way. */
function isPath(path: string): boolean {
  return path
    .split('/')
    .every((part) => /^[\p{L}\p{N}_~.+%-][\p{L}\p{N}_~.+% -]*$/u.test(part) && !/^\.{1,2}$/.test(part));
}

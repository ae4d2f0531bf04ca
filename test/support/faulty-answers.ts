import { RotaError } from '../../src/errors.ts';
import { realGit } from '../../src/system/git.ts';
import type { GitDoor, RunningProcess } from '../../src/system/ports.ts';
import type { Fault } from './fault.ts';
import { gitCommand, type PortCall } from './is-changing.ts';

const FILE_ERRORS = ['ENOSPC', 'EIO', 'EACCES'] as const;
const LETTING_GO = new Set(['removeFile', 'removeFolder', 'removeTree', 'rename']);
const GIT_ERRORS = [
  'fatal: unable to write loose object file: No space left on device',
  'fatal: unable to access the object: Input/output error',
  'fatal: something went wrong',
] as const;
const NETWORK_ERROR = 'fatal: the remote end hung up unexpectedly';
const NETWORK = new Set(['push', 'fetch', 'ls-remote']);

/** A full disk still lets go; a disk that fails, or belongs to somebody else, does not. Git goes with the disk. */
export function failsToo(fault: Fault, first: PortCall, call: PortCall): boolean {
  if (isNetwork(first)) return isNetwork(call);
  if (isNetwork(call)) return false;
  if (first.port === 'files')
    return (
      call.port === 'git' ||
      (call.port === 'files' && !(codeFor(fault, first.name) === 'ENOSPC' && LETTING_GO.has(call.name)))
    );
  return call.port === first.port;
}

export function isNetwork(call: PortCall): boolean {
  return call.port === 'git' && NETWORK.has(gitCommand(call.args)[0] ?? '');
}

/** Taking away needs no room, so it fails for other reasons. */
function codeFor(fault: Fault, name: string): (typeof FILE_ERRORS)[number] {
  const at = fault.kind === 'error' ? fault.variant : 0;
  return LETTING_GO.has(name) ? FILE_ERRORS[1 + (at % 2)]! : FILE_ERRORS[at % FILE_ERRORS.length]!;
}

/** As src/system/files.ts says it. */
export async function failFile(name: string, args: readonly unknown[], fault: Fault): Promise<never> {
  const code = codeFor(fault, name);
  const cause = Object.assign(new Error(`${code}: ${name} '${String(args[0])}'`), { code });
  throw new RotaError('files', cause.message, 'The disk fails: this is a test.', { cause });
}

/** Rota's own git door over a git that fails: what the exit means is judged by the code that always does it. */
export function failingGit(args: readonly string[], fault: Fault): GitDoor {
  const n = fault.kind === 'error' ? fault.variant : 0;
  const network = NETWORK.has(gitCommand(args)[0] ?? '');
  const stderr = network ? NETWORK_ERROR : GIT_ERRORS[n % GIT_ERRORS.length]!;
  // A transaction of refs says that it is prepared before it moves anything (update-ref flushes each answer).
  const done = fault.kind === 'error' && fault.effect && args.includes('--stdin');
  const stdout = Buffer.from(done ? 'start: ok\nprepare: ok\n' : '');
  const end = { code: 128, signal: null, spawnError: null, timedOut: false, stdout, stderr };
  return realGit({ run: async () => end, start: refused }, {});
}

export function notStarted() {
  return {
    ...{ code: null, signal: null, stdout: Buffer.alloc(0), stderr: '', timedOut: false },
    spawnError: 'EAGAIN',
  };
}

export function refused(): RunningProcess {
  return {
    pid: null,
    input: null,
    ended: Promise.resolve({ code: null, signal: null, spawnError: 'EAGAIN' }),
    outputEnded: Promise.resolve(),
  };
}

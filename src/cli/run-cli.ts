import { makeCli } from './cli.ts';
import { makeOutput, type Output } from './output.ts';
import { runProgram } from './program.ts';
import { renderError } from './render-error.ts';

/** Runs one command line to its end and ends the process with its exit code. */
export async function runCli(args: readonly string[], version: string): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const output = makeOutput({
    stdout: process.stdout,
    stderr: process.stderr,
    variables: process.env,
    json: asksForJson(args),
  });
  // Node would end with 0 and without a word when something is awaited that nothing works on any more.
  const nothingLeft = () => {
    process.exit(
      renderError(new Error('nothing is left to wait for, and the command has not ended'), output),
    );
  };
  process.once('beforeExit', nothingLeft);
  const code = await exitCodeOf(args, version, output);
  process.off('beforeExit', nothingLeft);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

async function exitCodeOf(args: readonly string[], version: string, output: Output): Promise<number> {
  try {
    return await runProgram(args, { version, output, makeCli });
  } catch (error) {
    return renderError(error, output);
  }
}

/** Needed before the command line is parsed: a wrong one is an error document too. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/** `rota list | head` closes the pipe early. A running worker must not die of it: what cannot be shown is dropped. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) return resolve();
    stream.write('', () => resolve());
  });
}

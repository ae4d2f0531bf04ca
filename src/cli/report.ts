import type { Cli } from './cli.ts';
import { liveReporter } from './report/live-reporter.ts';
import { plainReporter } from './report/plain-reporter.ts';
import type { Reporter } from './report/reporter.ts';

/** Progress as it happens: a step list on a terminal, plain lines elsewhere; on stderr when stdout is for a document. */
export function makeReporter({ output, json, system }: Cli): Reporter {
  const terminal = json ? output.errorTerminal : output.terminal;
  if (!terminal || system.environment.variables['TERM'] === 'dumb') return plainReporter(output.line);
  return liveReporter({
    write: output.progress,
    colors: json ? output.errorColors : output.colors,
    width: () => output.width,
    monotonic: () => system.clock.monotonic(),
    every: (ms, action) => {
      const timer = setInterval(action, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
  });
}

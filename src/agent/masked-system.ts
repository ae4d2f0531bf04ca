import type { StartSpec, System } from '../system/ports.ts';
import type { Mask } from './mask.ts';

/**
 * The same system, in which what a program writes is masked before anybody sees it: its log, its tail, what is read out of it.
 * Of a program that is talked to (`keepInputOpen`) only what is kept is masked: its messages must arrive as they are.
 */
export function maskedSystem(system: System, mask: Mask): System {
  const { processes } = system;
  return {
    ...system,
    processes: {
      ...processes,
      start: (spec) => {
        const streams = { stdout: mask.stream(), stderr: mask.stream() };
        const pass = passTo(spec);
        const running = processes.start({
          ...spec,
          onOutput: (chunk, stream) => pass(chunk, stream, streams[stream].add(chunk)),
        });
        const outputEnded = running.outputEnded.then(() => {
          for (const stream of ['stdout', 'stderr'] as const)
            pass(Buffer.alloc(0), stream, streams[stream].end());
        });
        return { ...running, outputEnded };
      },
    },
  };
}

function passTo({ keepInputOpen, onOutput }: StartSpec) {
  return (chunk: Buffer, stream: 'stdout' | 'stderr', shown: Buffer): void => {
    if (keepInputOpen === true) onOutput(chunk, stream, shown);
    else if (shown.length > 0) onOutput(shown, stream);
  };
}

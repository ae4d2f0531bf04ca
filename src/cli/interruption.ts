export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const NUMBERS: Record<Interrupt, number> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * A signal that fires at the first SIGINT, SIGTERM or SIGHUP, with the signal's name as its reason: the command then
 * ends in good order. The second one ends the process at once; the next sweep cleans up.
 */
export function listenForInterrupts(note: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(NUMBERS) as Interrupt[]) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodeOfInterrupt(name));
      note(`rota: ${name}, ending in good order (again: at once)`);
      controller.abort(name);
    });
  }
  return controller.signal;
}

/** What a shell calls a program ended by this signal: 128 and its number. */
export function exitCodeOfInterrupt(name: Interrupt): number {
  return 128 + NUMBERS[name];
}

/** Whether an abort's reason is one of these signals. */
export function isInterrupt(reason: unknown): reason is Interrupt {
  return typeof reason === 'string' && Object.hasOwn(NUMBERS, reason);
}

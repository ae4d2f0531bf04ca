const PATIENCE = 30_000;

/** Resolves when the condition holds: tests wait for facts, never for a time. Rejects with `what` after 30 s. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  stop: () => boolean = () => false,
): Promise<void> {
  const started = performance.now();
  while (!(await condition())) {
    if (stop() || performance.now() - started > PATIENCE) throw new Error(what);
    await new Promise((done) => setTimeout(done, 10));
  }
}

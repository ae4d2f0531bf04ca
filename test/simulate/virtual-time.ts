/** Time that passes only when nothing else can happen: hours in milliseconds, in an order that the seed alone decides. */
export interface VirtualTime {
  /** Milliseconds since the beginning. */
  now(): number;
  wait(ms: number): Promise<void>;
  /** Until nobody waits any more, or `end` is reached. */
  run(end: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  /** Of two at the same moment the one that asked first. */
  readonly order: number;
  readonly wake: () => void;
}

export function virtualTime(): VirtualTime {
  const heap: Sleeper[] = [];
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    wait: (ms) =>
      new Promise((wake) => {
        push(heap, { at: now + Math.max(0, ms), order: order++, wake });
      }),
    run: async (end) => {
      for (;;) {
        // Everything that follows from what has happened, before time goes on.
        await new Promise((done) => setImmediate(done));
        const next = heap[0];
        if (next === undefined || next.at > end) return;
        now = next.at;
        pop(heap);
        next.wake();
      }
    },
  };
}

function before(a: Sleeper, b: Sleeper): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Sleeper[], item: Sleeper): void {
  heap.push(item);
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!before(heap[at]!, heap[parent]!)) return;
    [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
    at = parent;
  }
}

function pop(heap: Sleeper[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let least = at;
    if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
    if (right < heap.length && before(heap[right]!, heap[least]!)) least = right;
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least]!, heap[at]!];
    at = least;
  }
}

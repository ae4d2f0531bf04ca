/** Does all of them, so many at once, in their order. Returns the answers in that order. Rejects with the first failure. */
export async function atOnce<T, R>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const n = next++;
      answers[n] = await work(items[n]!);
    }
  };
  await Promise.all(Array.from({ length: most }, lane));
  return answers;
}

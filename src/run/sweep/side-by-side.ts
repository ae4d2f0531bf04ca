/**
 * `action` for every item, at most `most` at a time, answers in the order of the items. The first error ends it: nothing new is
 * begun then, and what is under way is waited for.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  most: number,
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length && failures.length === 0) {
      const at = next++;
      try {
        answers[at] = await action(items[at]!);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return answers;
}

/**
 * Where the history of a clone is cut off: the commits whose parents it does not have. A breadth-first walk from the tips, so
 * that every tip has its `depth` newest generations.
 *
 * @param listed commit -> parents, as far as they were asked for; what is missing is not walked through
 */
export function whereHistoryEnds(
  listed: ReadonlyMap<string, readonly string[]>,
  tips: readonly string[],
  depth: number,
): string[] {
  const within = new Set<string>();
  let generation = [...new Set(tips)];
  for (let count = 0; count < depth && generation.length > 0; count++) {
    for (const commit of generation) within.add(commit);
    const parents = generation.flatMap((commit) => listed.get(commit) ?? []);
    generation = [...new Set(parents)].filter((commit) => !within.has(commit));
  }
  return [...within].filter((commit) => {
    const parents = listed.get(commit);
    return parents === undefined || parents.some((parent) => !within.has(parent));
  });
}

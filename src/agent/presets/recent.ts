/**
 * A map that remembers the `most` newest keys only: a client that never ends must not fill the memory. What is forgotten is
 * handed over.
 */
export function recent<K, V>(most: number, onForgotten: (value: V) => void = () => undefined): Map<K, V> {
  const map = new Map<K, V>();
  const set = map.set.bind(map);
  map.set = (key, value) => {
    set(key, value);
    if (map.size > most) {
      const [oldest, forgotten] = map.entries().next().value!;
      map.delete(oldest);
      onForgotten(forgotten);
    }
    return map;
  };
  return map;
}

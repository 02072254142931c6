/** Does work for each entry, at most so many at once. */
export async function inParallel<T>(
  entries: Iterable<T>,
  atOnce: number,
  work: (entry: T) => Promise<void>,
): Promise<void> {
  const iterator = entries[Symbol.iterator]();
  const workers = Array.from({ length: atOnce }, async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      await work(next.value);
    }
  });
  await Promise.all(workers);
}

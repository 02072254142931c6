/**
 * Does something to every item, a few at a time. Stops taking new ones at the
 * first failure, and fails with it once the running ones are done.
 */
export async function each<T>(
  items: Iterable<T>,
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const iterator = items[Symbol.iterator]();
  const worker = async () => {
    for (
      let next = iterator.next();
      !next.done && failures.length === 0;
      next = iterator.next()
    ) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  if (failures.length > 0) throw failures[0];
}

/** The items in lists of `size`, the last of which is shorter and may be empty. */
export async function* together<T>(items: AsyncIterable<T>, size: number): AsyncIterable<readonly T[]> {
  let waiting: T[] = [];
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length < size) continue;
    yield waiting;
    waiting = [];
  }
  yield waiting;
}

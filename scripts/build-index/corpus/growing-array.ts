/** A typed array that grows by doubling: millions of numbers without an object for each. */
export interface GrowingArray<T> {
  readonly length: number;
  push(value: number): void;
  /** The numbers so far, without the room behind them. */
  finish(): T;
}

interface Kept<T> {
  readonly length: number;
  [index: number]: number;
  set(values: T): void;
  slice(start: number, end: number): T;
}

/** Creates an empty growing array of a typed array's type. */
export function createGrowingArray<T extends Kept<T>>(
  Type: new (length: number) => T,
): GrowingArray<T> {
  let values = new Type(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const larger = new Type(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    finish: () => values.slice(0, length),
  };
}

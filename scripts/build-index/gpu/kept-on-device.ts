/** Objects whose likeness is kept on a device: the partition at hand, and the one before it. */
const MOST_KEPT = 2;

/** Likenesses of objects on a device, made when first asked for. */
export interface KeptOnDevice<K extends object, V> {
  /** Works with the likeness of `key`; it is not given back meanwhile. */
  use<T>(key: K, work: (value: V) => Promise<T>): Promise<T>;
  close(): void;
}

/** Keeps the last few; whatever falls out is disposed of when nobody uses it. */
export function createKeptOnDevice<K extends object, V>(
  make: (key: K) => Promise<V>,
  dispose: (value: V) => void,
): KeptOnDevice<K, V> {
  interface Entry {
    readonly value: Promise<V>;
    users: number;
    isOut: boolean;
  }
  const entries = new Map<K, Entry>();
  const disposeOf = (entry: Entry) => {
    entry.value.then(dispose, () => undefined);
  };
  const drop = (key: K, entry: Entry) => {
    entries.delete(key);
    entry.isOut = true;
    if (entry.users === 0) disposeOf(entry);
  };
  return {
    async use(key, work) {
      const entry = entries.get(key) ?? { value: make(key), users: 0, isOut: false };
      entry.users++;
      // Put at the end: the first one is the one that was not used for longest.
      entries.delete(key);
      entries.set(key, entry);
      for (const [other, old] of entries) {
        if (entries.size <= MOST_KEPT) break;
        drop(other, old);
      }
      try {
        return await work(await entry.value);
      } finally {
        entry.users--;
        if (entry.isOut && entry.users === 0) disposeOf(entry);
      }
    },
    close() {
      for (const [key, entry] of entries) drop(key, entry);
    },
  };
}

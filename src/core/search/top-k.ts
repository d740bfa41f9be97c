/** An item and its score; higher is better, and the lower id wins a tie, so that an order never depends on chance. */
interface Scored {
  readonly id: number;
  readonly score: number;
}

/** The `k` best of everything offered, in a heap whose root is the worst kept. */
export interface TopK {
  /** The score that an offer has to reach; −∞ while there is room. */
  threshold(): number;
  offer(id: number, score: number): void;
  /** What was kept, best first. */
  take(): Scored[];
}

/** Creates an empty selection of at most `k` items; offering allocates nothing. NaN is never kept. */
export function createTopK(k: number): TopK {
  const ids = new Float64Array(k);
  const scores = new Float64Array(k);
  let size = 0;
  /** Tells whether the item at `a` is worse than the one at `b`. */
  const isWorse = (a: number, b: number): boolean => {
    const difference = (scores[a] ?? 0) - (scores[b] ?? 0);
    return difference < 0 || (difference === 0 && (ids[a] ?? 0) > (ids[b] ?? 0));
  };
  const swap = (a: number, b: number) => {
    const id = ids[a] ?? 0;
    const score = scores[a] ?? 0;
    ids[a] = ids[b] ?? 0;
    scores[a] = scores[b] ?? 0;
    ids[b] = id;
    scores[b] = score;
  };
  const siftUp = (from: number) => {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isWorse(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const siftDown = () => {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= size) return;
      const right = left + 1;
      const worst = right < size && isWorse(right, left) ? right : left;
      if (!isWorse(worst, at)) return;
      swap(worst, at);
      at = worst;
    }
  };
  return {
    threshold: () => (size < k ? Number.NEGATIVE_INFINITY : (scores[0] ?? 0)),
    offer(id, score) {
      if (size < k) {
        if (Number.isNaN(score)) return;
        ids[size] = id;
        scores[size] = score;
        size++;
        siftUp(size - 1);
        return;
      }
      const worst = scores[0] ?? Number.POSITIVE_INFINITY;
      if (score > worst || (score === worst && id < (ids[0] ?? 0))) {
        ids[0] = id;
        scores[0] = score;
        siftDown();
      }
    },
    take() {
      const kept: Scored[] = [];
      for (let i = 0; i < size; i++) kept.push({ id: ids[i] ?? 0, score: scores[i] ?? 0 });
      return kept.sort((a, b) => b.score - a.score || a.id - b.id);
    },
  };
}

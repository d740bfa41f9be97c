import { dotFloats } from "./dot.ts";
import { createSeededRandom } from "./seeded-random.ts";

/** A navigable small-world graph in a compact layout, independent of any library. */
export interface HnswGraph {
  /** Links per node above the ground layer; the ground layer has up to twice as many. */
  readonly m: number;
  readonly efConstruction: number;
  readonly entryPoint: number;
  readonly maxLevel: number;
  /** Highest layer of each node. */
  readonly levels: Uint8Array<ArrayBuffer>;
  /** For each node in order and each of its layers from the ground up: the number of links, then the links. */
  readonly links: Uint32Array<ArrayBuffer>;
}

export interface HnswParameters {
  readonly m: number;
  /** Width of the beam that looks for a new node's neighbours. */
  readonly efConstruction: number;
  readonly seed: number;
}

/** The layers of all nodes while the graph grows: `layers[layer].get(node)` are the node's links. */
type Layers = Map<number, number[]>[];

interface Neighbour {
  readonly node: number;
  readonly distance: number;
}

/**
 * Builds an HNSW graph over unit vectors with distance 1 − inner product, node by node in order: the same vectors and
 * seed give the same graph. (Malkov and Yashunin, TPAMI 2020: algorithm 1, with neighbours by algorithm 4.)
 *
 * @param vectors [count × dim]
 */
export function buildHnswGraph(
  vectors: Float32Array,
  dim: number,
  parameters: HnswParameters,
): HnswGraph {
  const { m, efConstruction, seed } = parameters;
  const count = vectors.length / dim;
  const random = createSeededRandom(seed);
  const levels = new Uint8Array(count);
  const layers: Layers = [];
  const distance = (a: number, b: number) => 1 - dotFloats(vectors, a * dim, vectors, b * dim, dim);
  let entryPoint = 0;
  let maxLevel = -1;
  for (let node = 0; node < count; node++) {
    // Level ~ floor(−ln(U) / ln M), section 4.1 of the paper; the cap only keeps a zero draw finite.
    const level = Math.min(Math.floor(-Math.log(1 - random()) / Math.log(Math.max(m, 2))), 16);
    levels[node] = level;
    while (layers.length <= level) layers.push(new Map());
    for (let layer = 0; layer <= level; layer++) layers[layer]?.set(node, []);
    const toNode = (other: number) => distance(node, other);
    let entries: Neighbour[] =
      node === 0 ? [] : [{ node: entryPoint, distance: toNode(entryPoint) }];
    for (let layer = maxLevel; layer >= 0; layer--) {
      const links = layers[layer];
      if (links === undefined) continue;
      const isPassing = layer > level;
      entries = searchLayer(links, toNode, entries, isPassing ? 1 : efConstruction);
      if (isPassing) continue;
      const chosen = selectDiverse(entries, m, distance);
      links.set(node, chosen);
      const limit = layer === 0 ? 2 * m : m;
      for (const neighbour of chosen) linkBack(links, neighbour, node, limit, distance);
    }
    if (level > maxLevel) {
      maxLevel = level;
      entryPoint = node;
    }
  }
  return { m, efConstruction, entryPoint, maxLevel, levels, links: flatten(layers, levels) };
}

/** Algorithm 2 as one sorted pool: expand the nearest unexpanded member until the `width` nearest are all expanded. */
function searchLayer(
  links: Map<number, number[]>,
  toQuery: (node: number) => number,
  entries: readonly Neighbour[],
  width: number,
): Neighbour[] {
  const pool = [...entries].sort((a, b) => a.distance - b.distance);
  const seen = new Set(pool.map((entry) => entry.node));
  const expanded = new Set<number>();
  for (;;) {
    const next = pool.slice(0, width).find((entry) => !expanded.has(entry.node));
    if (next === undefined) return pool.slice(0, width);
    expanded.add(next.node);
    for (const node of links.get(next.node) ?? []) {
      if (seen.has(node)) continue;
      seen.add(node);
      insertSorted(pool, { node, distance: toQuery(node) }, width);
    }
  }
}

function insertSorted(pool: Neighbour[], entry: Neighbour, width: number): void {
  let low = 0;
  let high = pool.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pool[middle]?.distance ?? 0) <= entry.distance) low = middle + 1;
    else high = middle;
  }
  if (low >= width) return;
  pool.splice(low, 0, entry);
  if (pool.length > width) pool.pop();
}

/** Algorithm 4: takes a candidate only if it is nearer to the node than to every neighbour taken before it. */
function selectDiverse(
  candidates: readonly Neighbour[],
  limit: number,
  distance: (a: number, b: number) => number,
): number[] {
  const chosen: number[] = [];
  for (const candidate of candidates) {
    if (chosen.length === limit) break;
    if (chosen.every((other) => distance(candidate.node, other) >= candidate.distance)) {
      chosen.push(candidate.node);
    }
  }
  return chosen;
}

function linkBack(
  links: Map<number, number[]>,
  from: number,
  to: number,
  limit: number,
  distance: (a: number, b: number) => number,
): void {
  const neighbours = links.get(from) ?? [];
  if (neighbours.length < limit) {
    neighbours.push(to);
    return;
  }
  const candidates = [...neighbours, to].map((node) => ({ node, distance: distance(from, node) }));
  candidates.sort((a, b) => a.distance - b.distance);
  links.set(from, selectDiverse(candidates, limit, distance));
}

function flatten(layers: Layers, levels: Uint8Array): Uint32Array<ArrayBuffer> {
  const words: number[] = [];
  levels.forEach((level, node) => {
    for (let layer = 0; layer <= level; layer++) {
      const links = layers[layer]?.get(node) ?? [];
      words.push(links.length, ...links);
    }
  });
  return Uint32Array.from(words);
}

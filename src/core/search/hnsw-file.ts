import { AppError } from "../errors.ts";
import type { HnswGraph } from "./hnsw-graph.ts";

/**
 * The file that hnswlib's `saveIndex` writes and `loadIndex` reads, as a 32-bit build (wasm32) lays it out, little-endian.
 * A 64-bit build writes 8-byte sizes and labels: its files do not load here.
 *
 * Header, 56 bytes: offset of layer 0, most elements, elements, bytes per element, offset of the label, offset of the
 * vector (u32 each), highest level (i32), entry point, links above, links on the ground, M (u32 each), 1 / ln M (f64,
 * unaligned), efConstruction (u32). Then each element: link count (u32), room for the ground links (u32 each), vector
 * (f32 each), label (u32). Then each element: bytes of its upper links (u32), and per layer a count and room for M links.
 */
const HEADER_BYTES = 56;
const WORD = 4;

/** A graph together with its vectors: what an hnswlib file holds. */
export interface HnswIndex {
  readonly dim: number;
  readonly graph: HnswGraph;
  /** [count × dim]; the label of an element is its index. */
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** Lays a graph and its vectors out as an hnswlib index file for space "ip". */
export function encodeHnswFile(index: HnswIndex): Uint8Array<ArrayBuffer> {
  const { dim, graph, vectors } = index;
  const { m, levels, links } = graph;
  const count = levels.length;
  if (vectors.length !== count * dim) {
    throw new AppError({ code: "invalid-argument", what: "vectors of another count" });
  }
  const groundLinks = 2 * m;
  const vectorOffset = WORD * (1 + groundLinks);
  const labelOffset = vectorOffset + WORD * dim;
  const elementBytes = labelOffset + WORD;
  const layerWords = 1 + m;
  const upperWords = levels.reduce((sum, level) => sum + 1 + level * layerWords, 0);
  const file = new Uint8Array(HEADER_BYTES + count * elementBytes + upperWords * WORD);
  const view = new DataView(file.buffer);
  const header = [0, count, count, elementBytes, labelOffset, vectorOffset];
  const shape = [graph.maxLevel, graph.entryPoint, m, groundLinks, m];
  let at = 0;
  const word = (value: number) => {
    view.setUint32(at, value, true);
    at += WORD;
  };
  for (const value of [...header, ...shape]) word(value);
  view.setFloat64(at, 1 / Math.log(m), true);
  at += 8;
  word(graph.efConstruction);

  let upperAt = HEADER_BYTES + count * elementBytes;
  let linkAt = 0;
  for (let node = 0; node < count; node++) {
    const element = HEADER_BYTES + node * elementBytes;
    const level = levels[node] ?? 0;
    view.setUint32(upperAt, level * layerWords * WORD, true);
    upperAt += WORD;
    for (let layer = 0; layer <= level; layer++) {
      at = layer === 0 ? element : upperAt;
      const length = links[linkAt] ?? 0;
      for (let i = 0; i <= length; i++) word(links[linkAt + i] ?? 0);
      linkAt += length + 1;
      if (layer > 0) upperAt += layerWords * WORD;
    }
    at = element + vectorOffset;
    for (let i = 0; i < dim; i++) {
      view.setFloat32(at, vectors[node * dim + i] ?? 0, true);
      at += WORD;
    }
    word(node);
  }
  return file;
}

/** Reads an hnswlib file of the layout above; throws `edition-corrupt` for anything that does not fit. */
export function decodeHnswFile(file: Uint8Array, dim: number): HnswIndex {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const corrupt = (why: string) => new AppError({ code: "edition-corrupt", file: "hnsw", why });
  const word = (at: number): number => {
    if (at + WORD > file.byteLength) throw corrupt(`it ends before byte ${at}`);
    return view.getUint32(at, true);
  };
  if (file.byteLength < HEADER_BYTES) throw corrupt("it has no header");
  const [count, elementBytes, labelOffset, vectorOffset] = [word(8), word(12), word(16), word(20)];
  const [maxLevel, entryPoint, m] = [word(24), word(28), word(40)];
  const upperStart = HEADER_BYTES + count * elementBytes;
  const fits =
    word(0) === 0 &&
    word(36) === 2 * m &&
    vectorOffset === WORD * (1 + 2 * m) &&
    labelOffset === vectorOffset + WORD * dim &&
    elementBytes === labelOffset + WORD &&
    upperStart <= file.byteLength;
  if (!fits) throw corrupt(`its header does not fit vectors of ${dim} numbers`);
  const levels = new Uint8Array(count);
  const vectors = new Float32Array(count * dim);
  const links: number[] = [];
  const readLinks = (at: number, most: number) => {
    const length = word(at);
    if (length > most) throw corrupt(`${length} links at byte ${at}`);
    for (let i = 0; i <= length; i++) links.push(word(at + i * WORD));
  };
  let upperAt = upperStart;
  for (let node = 0; node < count; node++) {
    const element = HEADER_BYTES + node * elementBytes;
    if (word(element + labelOffset) !== node) throw corrupt(`element ${node} has another label`);
    for (let i = 0; i < dim; i++) {
      vectors[node * dim + i] = view.getFloat32(element + vectorOffset + i * WORD, true);
    }
    readLinks(element, 2 * m);
    const upperBytes = word(upperAt);
    upperAt += WORD;
    const level = upperBytes / (WORD * (1 + m));
    if (!Number.isInteger(level) || level > maxLevel) throw corrupt(`element ${node} has no level`);
    levels[node] = level;
    for (let layer = 1; layer <= level; layer++) {
      readLinks(upperAt, m);
      upperAt += WORD * (1 + m);
    }
  }
  if (upperAt !== file.byteLength) throw corrupt("bytes are left over");
  const efConstruction = word(52);
  return {
    dim,
    vectors,
    graph: { m, efConstruction, entryPoint, maxLevel, levels, links: Uint32Array.from(links) },
  };
}

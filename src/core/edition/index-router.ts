import { AppError } from "../errors.ts";
import type { HnswGraph } from "../search/hnsw-graph.ts";
import { lengthUnlessUnit } from "../search/unit-length.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";
import { checkGraph } from "./check-graph.ts";
import { createLowRankTransform, type LowRankTransform } from "./low-rank-transform.ts";

/** "AFRT" in little-endian order. */
const MAGIC = 0x54524641;
const VERSION = 2;
/** Most links that a node may have: hnswlib keeps the count in 16 bits, and no one builds with more than a few hundred. */
const MOST_LINKS = 4096;
/** Levels are drawn from an exponential distribution; 32 are beyond reach of 2^32 nodes at M = 2. */
const MOST_LEVELS = 32;
/** Bits of a code: one sign and three of magnitude. */
const CODE_BITS = 4;

/** What turns a query and a vector into code space, as it is stored. */
export interface CodeSpaceFacts {
  readonly dim: number;
  /** Draws the rotation. */
  readonly rotationSeed: number;
  /** A⁻¹ [dim × dim], symmetric, of the query-aware metric A; null for the identity. */
  readonly metricInverse: Float32Array<ArrayBuffer> | null;
  /** The hub direction m [dim], a unit vector, or null. */
  readonly hub: Float32Array<ArrayBuffer> | null;
}

/** What picks the clusters of a query, says where they lie, and how their codes are read. */
export interface IndexRouter {
  readonly dim: number;
  readonly sentences: number;
  readonly clusters: number;
  /** Place of each cluster's first row in `sign` and `rest`, and how many rows it has: consecutive, no holes. */
  readonly firstPlaces: Uint32Array<ArrayBuffer>;
  readonly counts: Uint32Array<ArrayBuffer>;
  /** [clusters × dim] int8 centroids and their scales. */
  readonly centroids: Int8Array<ArrayBuffer>;
  readonly centroidScales: Float32Array<ArrayBuffer>;
  /** The prebuilt HNSW graph over the quantised centroids. */
  readonly graph: HnswGraph;
  readonly space: CodeSpaceFacts;
  /** The text side of the adapter, or null where the model has none. */
  readonly transform: LowRankTransform | null;
}

/** Encodes a router: header of 16 words, directory, centroids, graph, metric, hub, transform. */
export function encodeIndexRouter(router: IndexRouter): Uint8Array<ArrayBuffer> {
  const { graph, space, transform } = router;
  const writer = createBinaryWriter();
  const header = [
    ...[MAGIC, VERSION, router.dim, router.sentences, router.clusters],
    ...[graph.m, graph.efConstruction, graph.entryPoint, graph.maxLevel, graph.links.length],
    ...[transform?.rank ?? 0, space.rotationSeed],
    ...[space.metricInverse === null ? 0 : 1, space.hub === null ? 0 : 1, CODE_BITS, 0],
  ];
  for (const word of header) writer.u32(word);
  writer.array(router.counts);
  writer.array(router.centroidScales);
  writer.array(router.centroids);
  writer.align4();
  writer.array(graph.levels);
  writer.align4();
  writer.array(graph.links);
  for (const part of [space.metricInverse, space.hub, transform?.left, transform?.right]) {
    if (part) writer.array(part);
  }
  return writer.finish();
}

/** Decodes a router; throws `edition-version` for another format and `edition-corrupt` for anything that does not fit. */
export function decodeIndexRouter(bytes: Uint8Array): IndexRouter {
  const reader = createBinaryReader(bytes, "router");
  if (reader.u32() !== MAGIC) throw corrupt("not a router");
  const version = reader.u32();
  if (version !== VERSION) {
    throw new AppError({ code: "edition-version", found: version, supported: VERSION });
  }
  // Whatever a hostile header claims, no array longer than the file is allocated: the reader checks before it copies.
  const dim = reader.u32UpTo(bytes.length, "dim");
  const sentences = reader.u32();
  const clusters = reader.u32UpTo(Math.min(sentences, bytes.length), "clusters");
  const m = reader.u32UpTo(MOST_LINKS, "M");
  const efConstruction = reader.u32();
  const entryPoint = reader.u32UpTo(clusters - 1, "the entry point");
  const maxLevel = reader.u32UpTo(MOST_LEVELS, "the highest level");
  const linkWords = reader.u32UpTo(bytes.length / 4, "the links");
  const rank = reader.u32UpTo(dim, "the rank");
  const rotationSeed = reader.u32();
  const hasMetric = reader.u32UpTo(1, "the metric") === 1;
  const hasHub = reader.u32UpTo(1, "the hub") === 1;
  const bits = reader.u32();
  reader.u32UpTo(0, "the reserved word");
  if (dim === 0 || clusters === 0 || m === 0) throw corrupt("nothing in it");
  if (bits !== CODE_BITS) throw corrupt(`codes of ${bits} bits`);
  const counts = reader.u32s(clusters);
  const centroidScales = reader.f32s(clusters);
  const centroids = reader.i8s(clusters * dim);
  reader.align4();
  const levels = reader.u8s(clusters);
  reader.align4();
  const links = reader.u32s(linkWords);
  const metricInverse = hasMetric ? reader.f32s(dim * dim) : null;
  const hub = hasHub ? reader.f32s(dim) : null;
  const transform =
    rank === 0
      ? null
      : createLowRankTransform(dim, rank, reader.f32s(dim * rank), reader.f32s(dim * rank));
  reader.end();
  if (hub !== null) requireUnit(hub);
  const graph = { m, efConstruction, entryPoint, maxLevel, levels, links };
  checkGraph(graph, clusters);
  const firstPlaces = firstPlacesOf(counts, sentences);
  const space = { dim, rotationSeed, metricInverse, hub };
  const directory = { dim, sentences, clusters, firstPlaces, counts };
  return { ...directory, centroids, centroidScales, graph, space, transform };
}

function firstPlacesOf(counts: Uint32Array, sentences: number): Uint32Array<ArrayBuffer> {
  const firstPlaces = new Uint32Array(counts.length);
  let place = 0;
  counts.forEach((count, cluster) => {
    firstPlaces[cluster] = place;
    place += count;
  });
  if (place !== sentences) throw corrupt(`the clusters hold ${place} of ${sentences} rows`);
  return firstPlaces;
}

function requireUnit(vector: Float32Array): void {
  const length = lengthUnlessUnit(vector, 0, vector.length);
  if (length !== null) throw corrupt(`a hub of length ${length}`);
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: "router", why });
}

import { AppError } from "../errors.ts";
import type { HnswGraph } from "../search/hnsw-graph.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";
import { checkGraph } from "./check-graph.ts";
import { createLowRankTransform, type LowRankTransform } from "./low-rank-transform.ts";

/** "AFRT" in little-endian order. */
const MAGIC = 0x54524641;
const VERSION = 1;
/** Most links that a node may have: hnswlib keeps the count in 16 bits, and no one builds with more than a few hundred. */
const MOST_LINKS = 4096;
/** Levels are drawn from an exponential distribution; 32 are beyond reach of 2^32 nodes at M = 2. */
const MOST_LEVELS = 32;

/** What picks the clusters of a query and says where they lie. */
export interface RouterFile {
  readonly dim: number;
  readonly sentences: number;
  readonly clusters: number;
  /** Place of each cluster's first row in `codes` and `rows`, and how many it has: consecutive, no holes. */
  readonly firstRows: Uint32Array<ArrayBuffer>;
  readonly counts: Uint32Array<ArrayBuffer>;
  /** [clusters × dim] int8 centroids and their scales. */
  readonly centroids: Int8Array<ArrayBuffer>;
  readonly centroidScales: Float32Array<ArrayBuffer>;
  /** The prebuilt HNSW graph over the quantised centroids. */
  readonly graph: HnswGraph;
  /** The text side of the adapter, or null where the model has none. */
  readonly transform: LowRankTransform | null;
}

/** Encodes a router: header of 12 words, directory, centroids, graph, transform. */
export function encodeRouterFile(router: RouterFile): Uint8Array<ArrayBuffer> {
  const { graph, transform } = router;
  const writer = createBinaryWriter();
  const header = [
    ...[MAGIC, VERSION, router.dim, router.sentences, router.clusters],
    ...[graph.m, graph.efConstruction, graph.entryPoint, graph.maxLevel, graph.links.length],
    ...[transform?.rank ?? 0, 0],
  ];
  for (const word of header) writer.u32(word);
  writer.array(router.counts);
  writer.array(router.centroidScales);
  writer.array(router.centroids);
  writer.align4();
  writer.array(graph.levels);
  writer.align4();
  writer.array(graph.links);
  if (transform !== null) {
    writer.array(transform.left);
    writer.array(transform.right);
  }
  return writer.finish();
}

/** Decodes a router; throws `edition-version` for another format and `edition-corrupt` for anything that does not fit. */
export function decodeRouterFile(bytes: Uint8Array): RouterFile {
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
  reader.u32();
  if (dim === 0 || clusters === 0 || m === 0) throw corrupt("nothing in it");
  const counts = reader.u32s(clusters);
  const centroidScales = reader.f32s(clusters);
  const centroids = reader.i8s(clusters * dim);
  reader.align4();
  const levels = reader.u8s(clusters);
  reader.align4();
  const links = reader.u32s(linkWords);
  const transform =
    rank === 0
      ? null
      : createLowRankTransform(dim, rank, reader.f32s(dim * rank), reader.f32s(dim * rank));
  reader.end();
  const graph = { m, efConstruction, entryPoint, maxLevel, levels, links };
  checkGraph(graph, clusters);
  const firstRows = firstRowsOf(counts, sentences);
  const directory = { dim, sentences, clusters, firstRows, counts };
  return { ...directory, centroids, centroidScales, graph, transform };
}

function firstRowsOf(counts: Uint32Array, sentences: number): Uint32Array<ArrayBuffer> {
  const firstRows = new Uint32Array(counts.length);
  let row = 0;
  counts.forEach((count, cluster) => {
    firstRows[cluster] = row;
    row += count;
  });
  if (row !== sentences) throw corrupt(`the clusters hold ${row} of ${sentences} rows`);
  return firstRows;
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: "router", why });
}

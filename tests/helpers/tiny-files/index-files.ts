import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { createCodeSpace } from "../../../src/core/codes/code-space.ts";
import { createRowEncoder } from "../../../src/core/codes/encode-row.ts";
import { encodeIndexRouter, type IndexRouter } from "../../../src/core/edition/index-router.ts";
import {
  adaptedFactorOf,
  type LowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import type { IndexFiles } from "../../../src/core/edition/manifest-files.ts";
import { quantizeRow } from "../../../src/core/edition/quantize.ts";
import { buildHnswGraph } from "../../../src/core/search/hnsw-graph.ts";
import { decodeCentroids } from "../../../src/core/search/router.ts";
import { createCodeFiles } from "./code-files.ts";
import { type Digest, makeHashes } from "./make-hashes.ts";
import { chainClusters, clusterSpherically } from "./spherical-k-means.ts";

/** Links per node of the router's graph and the beam that finds them: FAISS's and hnswlib's usual choice for small sets. */
const GRAPH = { m: 16, efConstruction: 200 };

/** What an index is made of. */
export interface IndexInput {
  readonly dim: number;
  /** Unit vectors [sentences × dim] in row order. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly sentencesOfWorks: readonly number[];
  /** Quality flags of every row. */
  readonly flags: Uint16Array;
  readonly transform: LowRankTransform | null;
  readonly seed: number;
  readonly digest: Digest;
}

/** The files of an index before they are written, and its router. */
export interface IndexContents {
  readonly router: IndexRouter;
  readonly bytes: Readonly<Record<keyof IndexFiles, Uint8Array<ArrayBuffer>>>;
}

/** √n clusters: as many centroids to compare with as rows in a cluster. */
function clustersFor(sentences: number): number {
  return Math.max(1, Math.round(Math.sqrt(sentences)));
}

/** Clusters, codes and lays out vectors in memory: exact rows in 32 bits, no metric, no hub. Equal input gives equal bytes. */
export function makeIndexFiles(
  input: IndexInput,
  onPass: (pass: number, moved: number) => void,
): IndexContents {
  const { dim, vectors, seed } = input;
  const sentences = vectors.length / dim;
  const learnt = clusterSpherically(vectors, dim, clustersFor(sentences), seed, onPass);
  const chain = chainClusters(learnt.centroids, dim);
  const members = membersInOrder(learnt.clusterOfRow, chain);
  const router = makeRouter(input, learnt.centroids, chain, members);
  const codes = codeRows(input, router, members);
  const rows = new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  const files = { ...codes, rows };
  const { sentencesOfWorks, digest } = input;
  const shape = { dim, counts: router.counts, sentencesOfWorks, exact: "f32" } as const;
  const hashes = makeHashes(files, shape, digest);
  return { router, bytes: { ...files, hashes, router: encodeIndexRouter(router) } };
}

/** Rows of each cluster, clusters in the order of `chain`, rows ascending. */
function membersInOrder(clusterOfRow: Uint32Array, chain: Uint32Array): number[][] {
  const members: number[][] = Array.from(chain, () => []);
  clusterOfRow.forEach((cluster, row) => {
    members[cluster]?.push(row);
  });
  return Array.from(chain, (cluster) => members[cluster] ?? []);
}

function makeRouter(
  { dim, vectors, transform, seed }: IndexInput,
  learnt: Float32Array,
  chain: Uint32Array,
  members: readonly (readonly number[])[],
): IndexRouter {
  const clusters = chain.length;
  const centroids = new Int8Array(clusters * dim);
  const centroidScales = Float32Array.from(chain, (cluster, place) =>
    quantizeRow(learnt.subarray(cluster * dim, (cluster + 1) * dim), centroids, place * dim),
  );
  const counts = Uint32Array.from(members, (rows) => rows.length);
  const firstPlaces = new Uint32Array(clusters);
  for (let cluster = 1; cluster < clusters; cluster++) {
    firstPlaces[cluster] = (firstPlaces[cluster - 1] ?? 0) + (counts[cluster - 1] ?? 0);
  }
  const sentences = vectors.length / dim;
  const space = { dim, rotationSeed: seed >>> 0, metricInverse: null, hub: null };
  const quantised = { dim, sentences, clusters, firstPlaces, counts, centroids, centroidScales };
  // The graph is built over the quantised centroids, the very vectors that the reader puts back into it.
  const graph = buildHnswGraph(decodeCentroids(quantised), dim, { ...GRAPH, seed });
  return { ...quantised, graph, space, transform };
}

/** Codes every row against its decoded centroid, in the order of the clusters. */
function codeRows(
  { dim, vectors, flags, transform }: IndexInput,
  router: IndexRouter,
  members: readonly (readonly number[])[],
): ReturnType<ReturnType<typeof createCodeFiles>["finish"]> {
  const space = createCodeSpace(router.space);
  const encode = createRowEncoder(space, router.space.rotationSeed, null);
  const centroids = decodeCentroids(router);
  const files = createCodeFiles(codeDimOf(dim), vectors.length / dim);
  members.forEach((rows, cluster) => {
    const centroid = centroids.subarray(cluster * dim, (cluster + 1) * dim);
    const coded = files.cluster(cluster, rows.length);
    for (const row of rows) {
      const vector = vectors.subarray(row * dim, (row + 1) * dim);
      const adaptedFactor = transform === null ? 1 : adaptedFactorOf(transform, vector);
      coded.add({ row, ...encode(vector, centroid), adaptedFactor, flags: flags[row] ?? 0 });
    }
    coded.end();
  });
  return files.finish();
}

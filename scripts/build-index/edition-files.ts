import { codeBytesPerRow, encodeCluster } from "../../src/core/edition/codes-file.ts";
import {
  applyTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import type { EditionFileName } from "../../src/core/edition/manifest.ts";
import { quantizeRow } from "../../src/core/edition/quantize.ts";
import { encodeRouterFile, type RouterFile } from "../../src/core/edition/router-file.ts";
import { encodeSources } from "../../src/core/edition/sources-file.ts";
import { encodeTexts } from "../../src/core/edition/texts-file.ts";
import { encodeWorks } from "../../src/core/edition/works-file.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { buildHnswGraph } from "../../src/core/search/hnsw-graph.ts";
import { decodeCentroids } from "../../src/core/search/router.ts";
import { encodeWorkText } from "../../src/core/source/work-text.ts";
import type { Corpus } from "./corpus.ts";
import { chainClusters, clusterSpherically } from "./kmeans.ts";

/** Links per node of the router's graph and the beam that finds them: FAISS's and hnswlib's usual choice for small sets. */
const GRAPH = { m: 16, efConstruction: 200 };

/** What an edition is made of. */
export interface EditionInput {
  readonly corpus: Corpus;
  readonly dim: number;
  /** Unit base vectors [sentences × dim] in row order. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly transform: LowRankTransform | null;
  readonly seed: number;
  /** Compresses the works and their sources. */
  readonly gzip: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/** The files of an edition before they are written, and what is in them. */
export interface EditionFiles {
  readonly router: RouterFile;
  readonly bytes: Readonly<Record<EditionFileName, Uint8Array<ArrayBuffer>>>;
  /** Row of the sentence at each place of the cluster order. */
  readonly rowAtPlace: Uint32Array<ArrayBuffer>;
}

/** √n clusters: as many centroids to compare with as rows in a cluster. */
function clustersFor(sentences: number): number {
  return Math.max(1, Math.round(Math.sqrt(sentences)));
}

/** Clusters, orders, codes and lays out an edition; equal input gives equal bytes. */
export function makeEditionFiles(
  input: EditionInput,
  onPass: (pass: number, moved: number) => void,
): EditionFiles {
  const { corpus, dim, vectors, transform, seed } = input;
  const sentences = corpus.sentences.length;
  const clusters = clustersFor(sentences);
  const learnt = clusterSpherically(vectors, dim, clusters, seed, onPass);
  const chain = chainClusters(learnt.centroids, dim);
  const members = membersInOrder(learnt.clusterOfRow, chain);
  const router = makeRouter(input, learnt.centroids, chain, members);
  const rowAtPlace = Uint32Array.from(members.flat());

  const codes = new Uint8Array(sentences * codeBytesPerRow(dim));
  const rows = new Float32Array(sentences * dim);
  let place = 0;
  for (const clusterRows of members) {
    const start = place * codeBytesPerRow(dim);
    codes.set(encodeCluster(codeCluster(input, clusterRows)), start);
    for (const row of clusterRows) {
      rows.set(vectors.subarray(row * dim, (row + 1) * dim), place * dim);
      place++;
    }
  }
  const bytes = {
    router: encodeRouterFile({ ...router, transform }),
    codes,
    rows: new Uint8Array(rows.buffer),
    works: input.gzip(
      encodeWorks({ works: corpus.works, topicNames: corpus.topicNames, aliases: {} }),
    ),
    texts: encodeTexts(corpus.sentences),
    sources: encodeSources(
      corpus.texts.map((text) => (text === null ? null : input.gzip(encodeWorkText(text)))),
    ),
  };
  return { router, bytes, rowAtPlace };
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
  { corpus, dim, transform, seed }: EditionInput,
  learnt: Float32Array,
  chain: Uint32Array,
  members: readonly (readonly number[])[],
): RouterFile {
  const clusters = chain.length;
  const centroids = new Int8Array(clusters * dim);
  const centroidScales = Float32Array.from(chain, (cluster, place) =>
    quantizeRow(learnt.subarray(cluster * dim, (cluster + 1) * dim), centroids, place * dim),
  );
  const counts = Uint32Array.from(members, (rows) => rows.length);
  const firstRows = new Uint32Array(clusters);
  for (let cluster = 1; cluster < clusters; cluster++) {
    firstRows[cluster] = (firstRows[cluster - 1] ?? 0) + (counts[cluster - 1] ?? 0);
  }
  const directory = { dim, sentences: corpus.sentences.length, clusters, firstRows, counts };
  const quantised = { ...directory, centroids, centroidScales, transform };
  // The graph is built over the quantised centroids, the very vectors that the reader puts back into it.
  const graph = buildHnswGraph(decodeCentroids(quantised), dim, { ...GRAPH, seed });
  return { ...quantised, graph };
}

function codeCluster({ corpus, dim, vectors, transform }: EditionInput, rows: readonly number[]) {
  const codes = new Int8Array(rows.length * dim);
  const vectorOf = (row: number) => vectors.subarray(row * dim, (row + 1) * dim);
  const factorOf = (row: number) => {
    if (transform === null) return 1;
    const moved = applyTransform(transform, vectorOf(row));
    return 1 / Math.sqrt(dotFloats(moved, 0, moved, 0, dim));
  };
  return {
    count: rows.length,
    codes,
    scales: Float32Array.from(rows, (row, i) => quantizeRow(vectorOf(row), codes, i * dim)),
    adaptedFactors: Float32Array.from(rows, factorOf),
    works: Uint32Array.from(rows, (row) => corpus.workOfRow[row] ?? 0),
    rows: Uint32Array.from(rows),
  };
}

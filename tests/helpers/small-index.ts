import type { ProvedIndex } from "../../scripts/build-index/prove/proved-index.ts";
import { createCodeSpace } from "../../src/core/codes/code-space.ts";
import { createRowEncoder } from "../../src/core/codes/encode-row.ts";
import { packMagnitudes, packSigns } from "../../src/core/codes/planes.ts";
import type { IndexRouter } from "../../src/core/edition/index-router.ts";
import {
  applyTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { dequantizeRow, quantizeRow } from "../../src/core/edition/quantize.ts";
import { decodeRestCluster, encodeRestCluster } from "../../src/core/edition/rest-file.ts";
import { decodeSignCluster, encodeSignCluster } from "../../src/core/edition/sign-file.ts";
import { toHalf } from "../../src/core/model/half.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { randomSpace } from "./code-space.ts";

/** What a small index is made of; rows are unit vectors [count × dim], dim a multiple of 32. */
export interface SmallIndexInput {
  readonly dim: number;
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly clusters: number;
  readonly transform: LowRankTransform | null;
}

/** An index in memory, encoded and decoded as files are; every k-th row is a centroid. */
export function makeSmallIndex(input: SmallIndexInput): Omit<ProvedIndex, "readRows"> {
  const { dim, vectors, clusters, transform } = input;
  const sentences = vectors.length / dim;
  const { facts, metric } = randomSpace(dim, 5);
  const encode = createRowEncoder(createCodeSpace(facts), facts.rotationSeed, metric);
  const centroids = new Int8Array(clusters * dim);
  const decoded = new Float32Array(clusters * dim);
  const centroidScales = new Float32Array(clusters);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const from = Math.floor((cluster * sentences) / clusters) * dim;
    const scale = quantizeRow(vectors.subarray(from, from + dim), centroids, cluster * dim);
    centroidScales[cluster] = scale;
    decoded.set(dequantizeRow(centroids, cluster * dim, dim, scale), cluster * dim);
  }
  const members: number[][] = Array.from({ length: clusters }, () => []);
  for (let row = 0; row < sentences; row++) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const score = dotFloats(vectors, row * dim, decoded, cluster * dim, dim);
      if (score > most) [best, most] = [cluster, score];
    }
    members[best]?.push(row);
  }
  const files = members.map((rows, cluster) => {
    const count = rows.length;
    const signs = new Uint8Array((count * dim) / 8);
    const planes = new Uint8Array((3 * count * dim) / 8);
    const halves = () => new Uint16Array(count);
    const [f1, f4, h, adaptedFactors] = [halves(), halves(), halves(), halves()];
    rows.forEach((row, i) => {
      const vector = vectors.subarray(row * dim, (row + 1) * dim);
      const coded = encode(vector, decoded.subarray(cluster * dim, (cluster + 1) * dim));
      packSigns(coded.codes, signs, (i * dim) / 8);
      packMagnitudes(coded.codes, planes, (3 * i * dim) / 8);
      const moved = transform === null ? vector : applyTransform(transform, vector);
      f1[i] = coded.f1;
      f4[i] = coded.f4;
      h[i] = coded.h;
      adaptedFactors[i] = toHalf(1 / Math.sqrt(dotFloats(moved, 0, moved, 0, dim)));
    });
    const flags = new Uint16Array(count);
    return {
      count,
      sign: encodeSignCluster({ count, signs, f1, h }, dim),
      rest: encodeRestCluster({
        count,
        planes,
        f4,
        adaptedFactors,
        flags,
        rows: Uint32Array.from(rows),
      }),
    };
  });
  const counts = Uint32Array.from(members, ({ length }) => length);
  const router: IndexRouter = {
    dim,
    sentences,
    clusters,
    counts,
    firstPlaces: new Uint32Array(clusters),
    centroids,
    centroidScales,
    graph: {
      m: 16,
      efConstruction: 200,
      entryPoint: 0,
      maxLevel: 0,
      levels: new Uint8Array(clusters),
      links: new Uint32Array(clusters),
    },
    space: facts,
    transform,
  };
  return {
    router,
    readCluster: (cluster) => {
      const file = files[cluster];
      if (file === undefined) throw new RangeError(`cluster ${cluster}`);
      const { count, sign, rest } = file;
      return Promise.resolve({
        sign: decodeSignCluster(sign, count, dim),
        rest: decodeRestCluster(rest, { count, codeDim: dim, sentences }),
      });
    },
  };
}

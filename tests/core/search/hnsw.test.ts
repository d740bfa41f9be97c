import { describe, expect, it } from "vitest";
import { decodeHnswFile, encodeHnswFile } from "../../../src/core/search/hnsw-file.ts";
import { buildHnswGraph } from "../../../src/core/search/hnsw-graph.ts";
import { createFlatRouter } from "../../../src/core/search/router.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

const DIM = 24;
const random = createSeededRandom(11);
const vectors = Float32Array.from(
  Array.from({ length: 300 }, () => [...drawVector(DIM, random)]).flat(),
);
const parameters = { m: 6, efConstruction: 60, seed: 5 };
const graph = buildHnswGraph(vectors, DIM, parameters);

describe("buildHnswGraph", () => {
  it("gives the same graph for the same seed", () => {
    expect(buildHnswGraph(vectors, DIM, parameters)).toEqual(graph);
    expect(buildHnswGraph(vectors, DIM, { ...parameters, seed: 6 })).not.toEqual(graph);
  });

  it("has several layers and reaches every node from the entry point", () => {
    expect(graph.maxLevel).toBeGreaterThan(0);
    const ground: number[][] = [];
    let at = 0;
    for (const level of graph.levels) {
      for (let layer = 0; layer <= level; layer++) {
        const count = graph.links[at] ?? 0;
        if (layer === 0) ground.push([...graph.links.subarray(at + 1, at + 1 + count)]);
        at += count + 1;
      }
    }
    const reached = new Set([graph.entryPoint]);
    for (const node of reached) for (const next of ground[node] ?? []) reached.add(next);
    expect(reached.size).toBe(300);
  });

  it("is a single node for a single vector", () => {
    const single = buildHnswGraph(vectors.subarray(0, DIM), DIM, parameters);
    expect(single).toMatchObject({ entryPoint: 0, levels: Uint8Array.of(single.maxLevel) });
    expect(single.links.every((word) => word === 0)).toBe(true);
  });
});

describe("the hnswlib file", () => {
  it("reads back as it was written", () => {
    const index = { dim: DIM, graph, vectors };
    expect(decodeHnswFile(encodeHnswFile(index), DIM)).toEqual(index);
  });

  it("has the sizes of the 32-bit layout: 56 bytes of header, 4 + 8·M + 4·dim + 4 per element", () => {
    const file = encodeHnswFile({ dim: DIM, graph, vectors });
    const upper = graph.levels.reduce((sum, level) => sum + 4 + level * 4 * (1 + 6), 0);
    expect(file.length).toBe(56 + 300 * (4 + 8 * 6 + 4 * DIM + 4) + upper);
  });
});

describe("createFlatRouter", () => {
  it("orders all clusters by their inner product", () => {
    const query = drawVector(DIM, random);
    const score = (row: number) =>
      query.reduce((sum, value, i) => sum + value * (vectors[row * DIM + i] ?? 0), 0);
    const scores = (): Float32Array<ArrayBuffer> =>
      Float32Array.from({ length: 300 }, (_, row) => score(row));
    const order = [...createFlatRouter({ score: scores }).nearest(query, 300)];
    const ordered = order.map(score);
    expect([...ordered].sort((a, b) => b - a)).toEqual(ordered);
    expect(new Set(order).size).toBe(300);
  });
});

import "fake-indexeddb/auto";
import { openDB } from "idb";
import { describe, expect, it } from "vitest";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { buildHnswGraph } from "../../../src/core/search/hnsw-graph.ts";
import { createFlatRouter } from "../../../src/core/search/router.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { openHnswRouter } from "../../../workers/search/hnsw-router.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

/** Centroids with a graph over them, and the router that hnswlib-wasm makes of both. */
async function openRouter(clusters: number, dim: number, name: string) {
  const random = createSeededRandom(clusters);
  const groups = Array.from({ length: 12 }, () => drawVector(dim, random));
  const centroids = Float32Array.from(
    Array.from({ length: clusters }, (_, i) =>
      [...drawVector(dim, random)].map((value, j) => value * 0.8 + (groups[i % 12]?.[j] ?? 0)),
    ).flat(),
  );
  const graph = buildHnswGraph(centroids, dim, { m: 16, efConstruction: 200, seed: 1 });
  const { router } = makeTinyEdition({ sentences: 20 }).files;
  const described = { ...router, dim, clusters, graph };
  const hnsw = await openHnswRouter(described, centroids, name);
  const score = (query: Float32Array) =>
    Float32Array.from({ length: clusters }, (_, i) => dotFloats(query, 0, centroids, i * dim, dim));
  return { hnsw, flat: createFlatRouter({ score }), graph, random };
}

describe("openHnswRouter", () => {
  it.each([
    [1, 8],
    [25, 32],
    [400, 64],
  ])(
    "reads the prebuilt graph of %d centroids of %d numbers into hnswlib-wasm and finds what a flat scan finds",
    async (clusters, dim) => {
      const { hnsw, flat, graph, random } = await openRouter(clusters, dim, `test-${clusters}`);
      expect(hnsw.kind).toBe("hnsw");
      if (clusters === 400) expect(graph.maxLevel).toBeGreaterThan(0);
      const wanted = Math.min(clusters, 20);
      let hits = 0;
      for (let i = 0; i < 40; i++) {
        const query = drawVector(dim, random);
        const exact = new Set(flat.nearest(query, wanted));
        const found = hnsw.nearest(query, wanted);
        expect(new Set(found).size).toBe(found.length);
        hits += found.filter((cluster) => exact.has(cluster)).length;
      }
      expect(hits / (40 * wanted)).toBeGreaterThan(0.97);
    },
  );

  it("gives all clusters where all are asked for, and no more than there are", async () => {
    const { hnsw, flat, random } = await openRouter(60, 16, "test-all");
    const query = drawVector(16, random);
    expect(hnsw.nearest(query, 1000)).toEqual(flat.nearest(query, 60));
  });

  it("leaves nothing behind in the library's file system", async () => {
    await openRouter(10, 8, "test-left");
    const database = await openDB("/hnswlib-index", 21);
    expect(await database.count("FILE_DATA")).toBe(0);
    database.close();
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createByteScan } from "../../../scripts/bench-index/byte-scan.ts";
import { createCodeSearch, loadIndex } from "../../../scripts/bench-index/code-search.ts";
import { createEdgeVec } from "../../../scripts/bench-index/edgevec.ts";
import { createFloatScan } from "../../../scripts/bench-index/float-scan.ts";
import { createHnswlib } from "../../../scripts/bench-index/hnswlib-all-rows.ts";
import {
  ANSWERS,
  findExactBest,
  measureMethod,
} from "../../../scripts/bench-index/measure-method.ts";
import type { SearchMethod } from "../../../scripts/bench-index/method.ts";
import { createProductScans } from "../../../scripts/bench-index/product-quantizer.ts";
import { formatTable } from "../../../scripts/bench-index/table.ts";
import { openNodeScanKernel } from "../../../scripts/build-index/prove/open-scan-kernel.ts";
import { compileKernel } from "../../../scripts/build-kernel.mjs";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { makeSmallIndex } from "../../helpers/small-index.ts";
import { makeQuery, makeTinyInput } from "../../helpers/tiny-corpus.ts";

const { signal } = new AbortController();
const DIM = 64;
const SENTENCES = 900;
const { vectors: rows } = makeTinyInput({ sentences: SENTENCES, dim: DIM, rank: 0 });
const queries = Float32Array.from(
  Array.from({ length: 12 }, (_, i) => [...makeQuery({ vectors: rows, dim: DIM }, i + 1)]).flat(),
);
const data = { dim: DIM, rows, images: queries, texts: queries };
const exact = createFloatScan(data);
const best = findExactBest(data, queries, exact);
const measure = (method: SearchMethod) => measureMethod(data, queries, best, method);
const quietly = () => undefined;

describe("the peers' kernel", () => {
  it("is what its source gives", async () => {
    const url = new URL("../../../scripts/bench-index/kernel/peers.wasm", import.meta.url);
    expect(readFileSync(url).equals(Buffer.from(await compileKernel("peers.wasm")))).toBe(true);
  });
});

describe("methods that are compared", () => {
  it("are held against an exact scan", () => {
    const query = queries.slice(0, DIM);
    const scores = Array.from({ length: SENTENCES }, (_, row) =>
      dotFloats(query, 0, rows, row * DIM, DIM),
    );
    const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    expect(exact.search(query, ANSWERS).rows).toEqual(order.slice(0, ANSWERS));
    expect(measure(exact)).toMatchObject({ recall: 1, coldBytes: 4 * DIM * SENTENCES });
  });

  it("lose what their codes lose", () => {
    const bytes = measure(createByteScan(data));
    const [products, reranked] = createProductScans(data, 16, 50).map(measure);
    expect(bytes.recall).toBeGreaterThan(0.95);
    expect(products?.recall).toBeGreaterThan(0.4);
    expect(products?.recall).toBeLessThan(bytes.recall);
    expect(reranked?.recall).toBeGreaterThan(products?.recall ?? 1);
    expect(products?.regret).toBeGreaterThan(bytes.regret);
  });

  it("find their way through graphs", async () => {
    const [narrow, wide] = (await createHnswlib(data, [25, 400], quietly)).map(measure);
    expect(narrow?.recall).toBeGreaterThan(0.5);
    expect(wide?.recall).toBeGreaterThan(0.99);
    expect(measure(await createEdgeVec(data, quietly)).recall).toBeGreaterThan(0.9);
  });

  it("are beside the product's own codes, scanned as far as they say", async () => {
    const index = makeSmallIndex({ dim: DIM, vectors: rows, clusters: 30, transform: null });
    const kernel = await openNodeScanKernel();
    const loaded = await loadIndex({ ...index, readRows: null }, kernel, 1000, 0, signal);
    const search = (share: number, by: "codes" | "signs", reranked: number) =>
      measure(createCodeSearch(data, loaded, { share, by, reranked }));
    const all = search(1, "codes", 0);
    const tenth = search(0.1, "codes", 50);
    expect(search(1, "codes", 50).recall).toBeGreaterThan(0.99);
    expect(all.recall).toBeGreaterThan(search(1, "signs", 0).recall);
    expect(tenth.recall).toBeLessThan(all.recall + 0.2);
    expect(tenth.coldBytes).toBeLessThan(all.coldBytes + 50 * 4 * DIM);
  });

  it("stand in one table", () => {
    const figures = { recall: 0.5, regret: 0.001, queryMs: 2, coldBytes: 3e6 };
    const row = { name: "a method", bytes: 2048, buildMs: 1500, images: figures, texts: figures };
    const [, , line] = formatTable([row], 8).split("\n");
    expect(line).toBe(
      "| a method | 256 | 1.5 s | 3.0 MB | 0.500 | 0.00100 | 2.00 | 0.500 | 2.00 |",
    );
  });
});

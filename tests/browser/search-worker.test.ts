import { sha256 as digest } from "@noble/hashes/sha2.js";
import { proxy, type Remote, wrap } from "comlink";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  EDITION_CODING,
  EDITION_FORMAT,
  EDITION_VERSION,
} from "../../src/core/edition/edition-manifest.ts";
import type { ChunkedFile } from "../../src/core/edition/manifest-files.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import { sha256Hex } from "../../workers/sha256-hex.ts";
import { sharedIndex } from "../helpers/shared-index.ts";
import { storedGzip } from "../helpers/stored-gzip.ts";
import { makeQuery, makeTinyInput } from "../helpers/tiny-corpus.ts";
import { makeEditionFiles } from "../helpers/tiny-files/edition-files.ts";
import type { SearchInMemoryApi } from "./search-in-memory.worker.ts";

const EDITION_URL = "https://editions.test/tiny/";
const DIM = 64;
const CHUNK_BYTES = 32 * 1024;
const input = makeTinyInput({ sentences: 2500, dim: DIM });
const quiet = proxy(() => undefined);

const files = new Map<string, Uint8Array<ArrayBuffer>>();
let workers: Worker[] = [];

async function describeFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ChunkedFile> {
  const chunkSha256: string[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    chunkSha256.push(await sha256Hex(bytes.slice(start, start + CHUNK_BYTES)));
  }
  const sha256 = await sha256Hex(bytes);
  return { name, bytes: bytes.length, sha256, chunkBytes: CHUNK_BYTES, chunkSha256 };
}

/** Starts a worker as a page that was just opened does; storage stays. */
async function startWorker(): Promise<Remote<SearchInMemoryApi>> {
  const worker = new Worker(new URL("./search-in-memory.worker.ts", import.meta.url), {
    type: "module",
  });
  workers.push(worker);
  const api = wrap<SearchInMemoryApi>(worker);
  await api.putFiles(files);
  return api;
}

function searchExactly(query: Float32Array): number[] {
  const top = createTopK(25);
  for (let row = 0; row * DIM < input.vectors.length; row++) {
    top.offer(row, dotFloats(query, 0, input.vectors, row * DIM, DIM));
  }
  return top.take().map(({ id }) => id);
}

beforeAll(async () => {
  const made = makeEditionFiles({ ...input, gzip: storedGzip, digest }, () => undefined);
  const described: Record<string, ChunkedFile> = {};
  for (const [file, content] of Object.entries(made.bytes)) {
    described[file] = await describeFile(`${file}.bin`, content);
    files.set(`${EDITION_URL}${file}.bin`, content);
  }
  const manifest = {
    ...{ format: EDITION_FORMAT, version: EDITION_VERSION, editionId: "tiny", name: "Tiny" },
    ...{ sentences: 2500, works: input.corpus.works.length, dim: DIM, fingerprint: "f" },
    ...{ clusters: made.router.clusters, coding: EDITION_CODING, files: described },
    exact: { kind: "file", type: "f32" },
    adapted: sharedIndex(input.transform?.rank ?? 0),
  };
  files.set(`${EDITION_URL}manifest.json`, new TextEncoder().encode(JSON.stringify(manifest)));
});

afterEach(() => {
  for (const worker of workers) worker.terminate();
  workers = [];
});

describe("the search worker in a browser", () => {
  it("routes with hnswlib-wasm and finds what exact search finds", async () => {
    const api = await startWorker();
    const info = await api.open("open", EDITION_URL, quiet);
    expect(info).toMatchObject({ sentences: 2500, dim: DIM });
    expect(await api.router()).toEqual({ kind: "hnsw", whyNotGraph: null });
    expect(await api.kernel()).toEqual({ kind: "wasm", whyNotWasm: null, threads: 1 });
    for (let seed = 1; seed <= 5; seed++) {
      const query = makeQuery(input, seed);
      const request = { query, variant: "base", count: 25 } as const;
      const answer = await api.search(`search-${seed}`, request, quiet, quiet);
      expect(answer.found.map(({ row }) => row)).toEqual(searchExactly(query));
      expect(answer.vectors).toHaveLength(25 * DIM);
      expect(answer.found.every(({ isExact }) => isExact)).toBe(true);
    }
  });

  it("needs only the manifest again in a worker that starts later", async () => {
    const request = { query: makeQuery(input, 1), variant: "adapted", count: 25 } as const;
    const first = await startWorker();
    await first.open("open", EDITION_URL, quiet);
    const before = await first.search("search", request, quiet, quiet);
    await expect
      .poll(async () => {
        const api = await startWorker();
        await api.open("open", EDITION_URL, quiet);
        const answer = await api.search("search", request, quiet, quiet);
        expect(answer.found).toEqual(before.found);
        return api.takeRequests();
      })
      .toBe(1);
  });

  it("is cancelled by id and goes on working", async () => {
    const api = await startWorker();
    await api.open("open", EDITION_URL, quiet);
    const request = { query: makeQuery(input, 2), variant: "base", count: 25 } as const;
    const cancelled = api.search("cancelled", request, quiet, quiet).then(
      () => "answered",
      () => "cancelled",
    );
    await api.cancel("cancelled");
    expect(["answered", "cancelled"]).toContain(await cancelled);
    const answer = await api.search("next", request, quiet, quiet);
    expect(answer.found).toHaveLength(25);
  });
});

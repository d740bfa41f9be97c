import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SearchRequest } from "../../../src/core/protocol.ts";
import { createSearch } from "../../../workers/search/create-search.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { searchExactly } from "../../helpers/exact-search.ts";
import { type RangeServer, startRangeServer } from "../../helpers/range-server.ts";
import { makeQuery } from "../../helpers/tiny-corpus.ts";
import {
  filesToServe,
  makeTinyEdition,
  type TinyEdition,
  withFlippedByte,
} from "../../helpers/tiny-edition.ts";
import type { WrittenFileName } from "../../helpers/tiny-files/edition-files.ts";
import { untilKept } from "../../helpers/until-quiet.ts";

const DIM = 64;
const edition = makeTinyEdition({ sentences: 3000, dim: DIM });
const quiet = () => undefined;

let server: RangeServer;
async function serve(served: Pick<TinyEdition, "manifest" | "files"> = edition): Promise<void> {
  server = await startRangeServer(filesToServe(served));
}

function request(seed: number, variant: SearchRequest["variant"] = "base"): SearchRequest {
  return { query: makeQuery(edition, seed), variant, count: 25 };
}

/** Opens the served edition and searches it, as a page that was just opened does. */
async function openAndSearch(seed: number) {
  const search = createSearch();
  await search.open(server.url, quiet, neverAborted());
  return search.search(request(seed), quiet, quiet, neverAborted());
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server?.close();
});

describe("createSearch", () => {
  it("finds over HTTP the same 25 as exact search, with few requests and no byte twice", async () => {
    await serve();
    const search = createSearch();
    const info = await search.open(server.url, quiet, neverAborted());
    expect(info).toMatchObject({ sentences: 3000, dim: DIM, name: "Tiny" });
    expect(search.router()).toEqual({ kind: "hnsw", whyNotGraph: null });
    const query = request(1);
    const answer = await search.search(query, quiet, quiet, neverAborted());
    expect(answer.found.map(({ row }) => row)).toEqual(
      searchExactly(edition.vectors, DIM, query.query),
    );
    const manifestBytes = filesToServe(edition).get("manifest.json")?.length ?? 0;
    expect(server.bytes()).toBeLessThanOrEqual(info.bytes + manifestBytes);
    expect(server.requests.length).toBeLessThanOrEqual(20);
    expect(server.peak()).toBeLessThanOrEqual(7);
  });

  it("asks the network for nothing when the query or the variant changes", async () => {
    await serve();
    const search = createSearch();
    await search.open(server.url, quiet, neverAborted());
    await search.search(request(1), quiet, quiet, neverAborted());
    // The first query reads exact rows and texts where it needs them; ten queries have read all of this small edition.
    for (let seed = 2; seed < 12; seed++) {
      await search.search(request(seed, "adapted"), quiet, quiet, neverAborted());
    }
    server.reset();
    await search.search(request(3, "base"), quiet, quiet, neverAborted());
    expect(server.requests).toEqual([]);
  });

  it("reads from storage when the page is opened again, also without a connection", async () => {
    await serve();
    const first = await openAndSearch(1);
    await untilKept("artefact-editions", "blocks");
    server.reset();
    const second = await openAndSearch(1);
    expect(second.found).toEqual(first.found);
    expect(server.requests.map(({ path }) => path)).toEqual(["/manifest.json"]);
    server.mode = "offline";
    const third = await openAndSearch(1);
    expect(third.found).toEqual(first.found);
  });

  it("forgets the stored blocks of an edition that was replaced", async () => {
    await serve();
    await openAndSearch(1);
    await server.close();
    const database = await openDB("artefact-editions");
    await expect.poll(() => database.count("blocks")).toBeGreaterThan(10);
    const [stored] = await database.getAllKeys("manifests");
    const replacement = filesToServe(makeTinyEdition({ sentences: 40, seed: 9 }));
    server = await startRangeServer(replacement, Number(new URL(String(stored)).port));
    await createSearch().open(server.url, quiet, neverAborted());
    await expect.poll(() => database.count("blocks")).toBeLessThan(5);
    database.close();
  });

  it("keeps a download where the store of manifests cannot be read", async () => {
    await serve();
    const search = createSearch();
    await search.open(server.url, quiet, neverAborted());
    const { bytes } = await search.download(quiet, neverAborted());
    expect(bytes).toBeGreaterThan(0);
    // As a browser refuses, or takes too long for, the one database and not the other.
    const open = IDBFactory.prototype.open;
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(function (
      this: IDBFactory,
      name,
      version,
    ) {
      if (name === "artefact-editions") throw new Error("blocked");
      return open.call(this, name, version);
    });
    const again = createSearch();
    await again.open(server.url, quiet, neverAborted());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await again.kept()).bytes).toBe(bytes);
    vi.restoreAllMocks();
  });

  it("scans the centroids without hnswlib where IndexedDB is missing, with the same answers", async () => {
    await serve();
    const withStorage = await openAndSearch(4);
    vi.stubGlobal("indexedDB", undefined);
    const search = createSearch();
    await search.open(server.url, quiet, neverAborted());
    expect(search.router()).toMatchObject({ kind: "flat", whyNotGraph: expect.any(String) });
    const answer = await search.search(request(4), quiet, quiet, neverAborted());
    expect(answer.found).toEqual(withStorage.found);
  });

  it("works with a server that ignores Range, for small files", async () => {
    await serve();
    server.mode = "ignores-range";
    const answer = await openAndSearch(2);
    expect(answer.found.map(({ row }) => row)).toEqual(
      searchExactly(edition.vectors, DIM, request(2).query),
    );
  });

  it.each([
    ["status-500", { code: "http-status", status: 500 }],
    ["status-429", { code: "http-status", status: 429 }],
    ["stops-half-way", { code: "network" }],
    ["wrong-bytes", { code: "hash-mismatch" }],
    ["truncated-file", { code: "short-read" }],
  ] as const)(
    "says what is wrong with a server in mode %s, and works once it behaves",
    async (mode, detail) => {
      await serve();
      server.mode = mode;
      const search = createSearch();
      await expect(search.open(server.url, quiet, neverAborted())).rejects.toMatchObject({
        detail,
      });
      server.mode = "ok";
      await search.open(server.url, quiet, neverAborted());
      const answer = await search.search(request(1), quiet, quiet, neverAborted());
      expect(answer.found).toHaveLength(25);
    },
    30_000,
  );

  it.each<WrittenFileName>(["router", "works", "hashes", "sign", "rest", "rows", "texts"])(
    "refuses an edition with a single damaged byte in its %s",
    async (file) => {
      const middle = file === "texts" ? 10 : edition.files.bytes[file].length >> 1;
      await serve(withFlippedByte(edition, file, middle));
      // Every row is needed, so that every block of every file is read.
      const search = createSearch();
      const reading = search
        .open(server.url, quiet, neverAborted())
        .then(() => search.search({ ...request(1), count: 1000 }, quiet, quiet, neverAborted()));
      await expect(reading).rejects.toMatchObject({
        detail: { code: "hash-mismatch", file: edition.manifest.files[file]?.name },
      });
    },
  );

  it.each<WrittenFileName>(["router", "works", "hashes", "sign", "rest", "rows", "texts"])(
    "says so where the server has only half of the %s",
    async (file) => {
      const files = filesToServe(edition);
      const name = edition.manifest.files[file]?.name;
      files.set(
        String(name),
        edition.files.bytes[file].slice(0, edition.files.bytes[file].length >> 1),
      );
      server = await startRangeServer(files);
      const search = createSearch();
      const everything = { ...request(1), count: 1000 };
      const reading = search
        .open(server.url, quiet, neverAborted())
        .then(() => search.search(everything, quiet, quiet, neverAborted()));
      if (file === "rows") {
        // Rows that cannot be had leave the answer of the codes, which says that it is not exact.
        const { found } = await reading;
        expect(found.every(({ isExact }) => !isExact)).toBe(true);
      } else {
        await expect(reading).rejects.toMatchObject({ detail: { code: "short-read" } });
      }
    },
    30_000,
  );

  it("names both versions where the edition is newer", async () => {
    server = await startRangeServer(
      new Map([
        ["manifest.json", new TextEncoder().encode('{"format":"artefact-edition","version":4}')],
      ]),
    );
    await expect(createSearch().open(server.url, quiet, neverAborted())).rejects.toMatchObject({
      detail: { code: "edition-version", found: 4, supported: 3 },
    });
  });

  it.each([
    ["nothing", new Map<string, Uint8Array>(), { code: "http-status", status: 404 }],
    [
      "a page in place of a manifest",
      new Map([["manifest.json", new TextEncoder().encode("<!doctype html>")]]),
      { code: "edition-corrupt", file: "manifest.json" },
    ],
  ])("says so where there is %s", async (_, files, detail) => {
    server = await startRangeServer(files);
    await expect(createSearch().open(server.url, quiet, neverAborted())).rejects.toMatchObject({
      detail,
    });
  });

  it("refuses to search before an edition is open", async () => {
    await serve();
    const search = createSearch();
    expect(search.router()).toBeNull();
    await expect(search.search(request(1), quiet, quiet, neverAborted())).rejects.toMatchObject({
      detail: { code: "invalid-argument" },
    });
  });

  it("opens an edition once where several calls want it at the same time, as after a crash", async () => {
    await serve();
    const search = createSearch();
    const open = () => search.open(server.url, quiet, neverAborted());
    const given = new AbortController();
    const givenUp = search.open(server.url, quiet, given.signal);
    const opened = Promise.all([open(), open(), open()]);
    given.abort();
    await expect(givenUp).rejects.toMatchObject({ name: "AbortError" });
    await expect(opened).resolves.toMatchObject([{ name: "Tiny" }, { name: "Tiny" }, {}]);
    const { router } = edition.manifest.files;
    const asked = server.requests.filter(({ path }) => path === `/${router.name}`);
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  it("can be cancelled while it opens, and opens afterwards", async () => {
    await serve();
    const search = createSearch();
    const controller = new AbortController();
    const opening = search.open(server.url, () => controller.abort(), controller.signal);
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    await expect(search.open(server.url, quiet, neverAborted())).resolves.toMatchObject({
      sentences: 3000,
    });
  });
});

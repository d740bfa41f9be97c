import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Progress } from "../../../src/core/progress.ts";
import type { SearchAnswer, SearchRequest } from "../../../src/core/protocol.ts";
import { createSearch } from "../../../workers/search/create-search.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { searchExactly } from "../../helpers/exact-search.ts";
import { type FakeHub, startFakeHub } from "../../helpers/fake-hub.ts";
import { type RangeServer, startRangeServer } from "../../helpers/range-server.ts";
import { makeQuery } from "../../helpers/tiny-corpus.ts";
import { filesToServe, makeTinyEdition } from "../../helpers/tiny-edition.ts";
import { untilKept } from "../../helpers/until-quiet.ts";

const SENTENCES = 12_000;
const DIM = 64;
const edition = makeTinyEdition({ sentences: SENTENCES, dim: DIM });
/** Few enough bytes that this edition is a large one. */
const coldBytes = 80_000;
const quiet = () => undefined;
let server: RangeServer;

const request = (seed: number, changes: Partial<SearchRequest> = {}): SearchRequest => ({
  query: makeQuery(edition, seed),
  variant: "base",
  count: 25,
  ...changes,
});
const rowsOf = ({ found }: SearchAnswer) => found.map(({ row }) => row);

/** A page that was just opened. */
async function openPage(url = server.url) {
  const search = createSearch({ coldBytes });
  await search.open(url, quiet, neverAborted());
  return search;
}

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  server = await startRangeServer(filesToServe(edition));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

describe("a large edition", () => {
  it("gives its first answer after few requests and bytes, and never asks for a byte twice", async () => {
    const search = await openPage();
    const first = { requests: 0, bytes: 0 };
    const onAnswer = () => {
      if (first.requests > 0) return;
      Object.assign(first, { requests: server.requests.length, bytes: server.bytes() });
    };
    const answer = await search.search(request(1), onAnswer, quiet, neverAborted());
    expect(first.requests).toBeGreaterThan(0);
    expect(first.requests).toBeLessThanOrEqual(80);
    expect(first.bytes).toBeLessThan(server.bytes());
    expect(answer.isComplete).toBe(false);
    expect(answer.scanned).toBeGreaterThanOrEqual(0.05 * SENTENCES);
    expect(server.peak()).toBeLessThanOrEqual(7);
    const asked = server.requests.map(({ path, range }) => `${path} ${range}`);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it("asks for nothing of what another visit has kept", async () => {
    const first = await (await openPage()).search(request(2), quiet, quiet, neverAborted());
    await untilKept("artefact-editions", "blocks");
    server.reset();
    const second = await (await openPage()).search(request(2), quiet, quiet, neverAborted());
    expect(rowsOf(second)).toEqual(rowsOf(first));
    const codes = server.requests.filter(({ path }) => /sign|rest/.test(path));
    expect(codes).toEqual([]);
  });

  it("says so when the connection is lost between two waves, and goes on from there when it is back", async () => {
    const search = await openPage();
    const wide = request(3, { share: 0.4 });
    const lose = () => {
      server.mode = "offline";
    };
    const losing = search.search(wide, lose, quiet, neverAborted());
    await expect(losing).rejects.toMatchObject({ detail: { code: "network" } });
    server.mode = "ok";
    server.reset();
    const answer = await search.search(wide, quiet, quiet, neverAborted());
    expect(answer.found).toHaveLength(25);
    const fresh = await (await openPage()).search(wide, quiet, quiet, neverAborted());
    expect(new Set(rowsOf(answer))).toEqual(new Set(rowsOf(fresh)));
  });

  it("is searched from a hub that redirects to signed addresses, which expire", async () => {
    const files = [...filesToServe(edition)].map(([name, content]) => {
      return [`owner/edition/${name}`, content] as const;
    });
    const hub: FakeHub = await startFakeHub(new Map(files));
    try {
      hub.signedUses = 4;
      const search = await openPage(`${hub.url}owner/edition/resolve/main/`);
      const answer = await search.search(request(4, { share: 1 }), quiet, quiet, neverAborted());
      expect(rowsOf(answer)).toEqual(searchExactly(edition.vectors, DIM, request(4).query));
      const signed = hub.requests.filter(({ host }) => host === "store").length;
      const resolved = hub.requests.filter(
        ({ host, path }) => host === "hub" && /sign|rest|rows/.test(path),
      );
      // One address serves until it has expired; only then the hub is asked again.
      expect(signed).toBeGreaterThan(2 * resolved.length);
    } finally {
      await hub.close();
    }
  }, 30_000);
});

describe("keeping a large edition", () => {
  it("downloads all that a search needs, tells how far it is, and then needs no connection", async () => {
    const search = await openPage();
    const before = await search.kept();
    expect(before).toMatchObject({ storage: "indexeddb", cache: "kept", bytes: 0 });
    const seen: number[] = [];
    const report = (progress: Progress) => {
      if (progress.phase === "download") seen.push(progress.loaded);
    };
    const after = await search.download(report, neverAborted());
    expect(after.bytes).toBe(before.total);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(before.total);
    server.mode = "offline";
    const offline = createSearch({ coldBytes });
    await offline.open(server.url, quiet, neverAborted());
    const answer = await offline.search(request(5), quiet, quiet, neverAborted());
    expect(answer).toMatchObject({ scanned: SENTENCES, isComplete: true });
    // Exact rows are not kept: the codes' order stands, and says so.
    expect(answer.found.every(({ isExact }) => !isExact)).toBe(true);
    const exact = new Set(searchExactly(edition.vectors, DIM, request(5).query));
    expect(rowsOf(answer).filter((row) => exact.has(row)).length).toBeGreaterThan(18);
  });

  it("downloads the second index of an edition that has one, which nobody has searched yet", async () => {
    await server.close();
    const sentences = 2000;
    const second = makeTinyEdition({ sentences, dim: DIM, rank: 0, seed: 5 });
    const { router, sign, rest, bywork, hashes, rows } = second.manifest.files;
    const { clusters, exact } = second.manifest;
    const fingerprint = "a".repeat(64);
    const files = { router, sign, rest, bywork, hashes, ...(rows && { rows }) };
    const own = { kind: "own", fingerprint, why: "it fits worse", clusters, exact, files } as const;
    const first = makeTinyEdition({ sentences, dim: DIM, rank: 0 });
    const both = { ...first, manifest: { ...first.manifest, adapted: own } };
    server = await startRangeServer(new Map([...filesToServe(second), ...filesToServe(both)]));
    await (await openPage()).download(quiet, neverAborted());
    server.mode = "offline";
    const offline = await openPage();
    const query = makeQuery(second, 5);
    const asked = request(5, { query, variant: "adapted" });
    const answer = await offline.search(asked, quiet, quiet, neverAborted());
    expect(answer).toMatchObject({ scanned: sentences, isComplete: true });
    const exactly = new Set(searchExactly(second.vectors, DIM, query));
    expect(rowsOf(answer).filter((row) => exactly.has(row)).length).toBeGreaterThan(18);
  });

  it("goes on after a cancellation, downloads nothing twice, and is gone when it is removed", async () => {
    const search = await openPage();
    const { total } = await search.kept();
    const controller = new AbortController();
    const downloading = search.download((progress) => {
      if (progress.phase === "download" && progress.loaded > 0) controller.abort();
    }, controller.signal);
    await expect(downloading).rejects.toMatchObject({ name: "AbortError" });
    const kept = await search.kept();
    expect(kept.bytes).toBeGreaterThan(0);
    expect(kept.bytes).toBeLessThan(total);
    server.reset();
    const finished = await search.download(quiet, neverAborted());
    expect(finished.bytes).toBe(total);
    expect(server.bytes()).toBeLessThanOrEqual(total - kept.bytes);
    expect(await search.removeKept()).toMatchObject({ bytes: 0, total });
    const answer = await search.search(request(6), quiet, quiet, neverAborted());
    expect(answer.found).toHaveLength(25);
  });

  it("is removed by no other tab while it runs, and goes on at once in the tab that broke it off", async () => {
    const held = new Set<string>();
    const locks = {
      async request(name: string, _: unknown, work: (lock: object | null) => Promise<void>) {
        if (held.has(name)) return work(null);
        held.add(name);
        await work({}).finally(() => held.delete(name));
      },
    };
    vi.stubGlobal("navigator", { locks });
    const [search, other] = [await openPage(), await openPage()];
    const controller = new AbortController();
    let removing: Promise<unknown> | null = null;
    const report = () => {
      removing ??= other.removeKept().catch((error: unknown) => error);
      controller.abort();
    };
    const brokenOff = search.download(report, controller.signal);
    brokenOff.catch(() => undefined);
    await expect.poll(() => removing).not.toBeNull();
    const finished = await search.download(quiet, neverAborted());
    await expect(brokenOff).rejects.toMatchObject({ name: "AbortError" });
    expect(await removing).toMatchObject({ detail: { code: "download-elsewhere" } });
    expect(await other.kept()).toMatchObject({ bytes: finished.total });
    expect(await other.removeKept()).toMatchObject({ bytes: 0 });
  });

  it("serves another tab that is open, which learns of it when it looks", async () => {
    const [first, second] = [await openPage(), await openPage()];
    await first.download(quiet, neverAborted());
    const { total } = await second.kept();
    expect((await second.kept()).bytes).toBe(total);
    server.reset();
    const answer = await second.search(request(7), quiet, quiet, neverAborted());
    expect(answer.isComplete).toBe(true);
    expect(server.requests.filter(({ path }) => /sign|rest|texts/.test(path))).toEqual([]);
  });

  it("heals when storage is cleared while the page is open", async () => {
    const search = await openPage();
    await search.download(quiet, neverAborted());
    for (const [name, stores] of [
      ["artefact-whole-files", ["segments"]],
      ["artefact-editions", ["blocks", "manifests"]],
    ] as const) {
      const database = await openDB(name);
      for (const store of stores) await database.clear(store);
      database.close();
    }
    const answer = await search.search(request(8), quiet, quiet, neverAborted());
    expect(rowsOf(answer)).toEqual(searchExactly(edition.vectors, DIM, request(8).query));
    expect((await search.kept()).bytes).toBe(0);
  });

  it("says so where there is no room for it, and searching goes on", async () => {
    const search = await openPage();
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    await expect(search.download(quiet, neverAborted())).rejects.toMatchObject({
      detail: { code: "storage-full" },
    });
    const answer = await search.search(request(9), quiet, quiet, neverAborted());
    expect(answer.found).toHaveLength(25);
    put.mockRestore();
  });

  it("is not possible where this browser stores nothing, and said so", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const search = await openPage();
    expect(await search.kept()).toMatchObject({ storage: "none", cache: "unavailable", bytes: 0 });
    await expect(search.download(quiet, neverAborted())).rejects.toMatchObject({
      detail: { code: "storage-failed" },
    });
  });
});

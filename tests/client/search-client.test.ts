import { afterEach, describe, expect, it } from "vitest";
import { createSearchClient, type SearchClient } from "../../src/client/search-client.ts";
import { isAbort, isAppError } from "../../src/core/errors.ts";
import type {
  EditionInfo,
  SearchAnswer,
  SearchApi,
  SearchRequest,
} from "../../src/core/protocol.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createFakeWorker, type FakeWorker } from "./fake-worker.ts";

const live = new AbortController().signal;
const ignore = () => {};
const request: SearchRequest = { query: Float32Array.of(1, 0), variant: "base", count: 25 };
let client: SearchClient | undefined;

afterEach(() => client?.dispose());

const info: EditionInfo = {
  editionId: "e",
  name: "Edition",
  sentences: 2,
  works: 1,
  fingerprint: "f",
  adapterFingerprint: null,
  dim: 2,
  bytes: 10,
};

function answer(scanned: number): SearchAnswer {
  return {
    scale: "picture",
    found: [],
    vectors: new Float32Array(0),
    scanned,
    total: 100,
    isComplete: true,
    timings: {},
  };
}

/** Workers whose search gives two answers; `onSearch` says what the worker of a generation does before. */
function start(onSearch: (generation: number, worker: FakeWorker) => void = ignore) {
  const workers: FakeWorker[] = [];
  const calls: string[] = [];
  const published = { editionId: info.editionId };
  const spawn = (): FakeWorker => {
    const generation = workers.length + 1;
    const api = {
      async open(_id, editionUrl) {
        calls.push(`open ${editionUrl}@${generation}`);
        return { ...info, ...published };
      },
      async search(_id, _request, onAnswer) {
        calls.push(`search@${generation}`);
        onSearch(generation, worker);
        onAnswer(answer(10));
        await new Promise((resolve) => setTimeout(resolve, 10));
        return answer(100);
      },
      async sentences() {
        calls.push(`sentences@${generation}`);
        onSearch(generation, worker);
        await new Promise((resolve) => setTimeout(resolve, 10));
        return ["One."];
      },
      async adoptVectors(_id, adopted) {
        calls.push(`adopt@${generation}`);
        return adopted.firstRow + adopted.base.length / adopted.dim;
      },
      catalogue: async () => ({ topics: [], creators: [], works: [] }),
      source: async () => null,
      async work() {
        calls.push(`work@${generation}`);
        onSearch(generation, worker);
        await new Promise((resolve) => setTimeout(resolve, 10));
        return null;
      },
      workText: async () => null,
      workImage: async (_id, workId, file) => new Blob([workId, file]),
      prepare: async () => undefined,
      kept: async () => keptState,
      download: async () => keptState,
      removeKept: async () => keptState,
      cancel: (id) => {
        calls.push(`cancel ${id}`);
      },
    } satisfies SearchApi;
    const worker = createFakeWorker(api);
    workers.push(worker);
    return worker;
  };
  client = createSearchClient({ spawn });
  return { client, workers, calls, published };
}

const keptState = { storage: "opfs", cache: "kept", bytes: 0, total: 10 } as const;

describe("createSearchClient", () => {
  it("opens an edition and passes the answers of all waves on", async () => {
    const { client: search } = start();
    expect(await search.open(live, "/edition/", ignore)).toEqual(info);
    const waves: number[] = [];
    const last = await search.search(live, request, (a) => waves.push(a.scanned), ignore);
    expect(waves).toEqual([10]);
    expect(last.scanned).toBe(100);
  });

  it("takes sentences and vectors across a worker that dies under them", async () => {
    const { client: search, calls } = start((generation, worker) => {
      if (generation === 1) worker.crash("killed");
    });
    await search.open(live, "/edition/", ignore);
    expect(await search.sentences(live)).toEqual(["One."]);
    const model = { fingerprint: "f", adapterFingerprint: null, dim: 2 };
    const vectors = Float32Array.of(1, 0, 0, 1);
    const batch = { ...model, firstRow: 16, base: vectors, adapted: vectors };
    expect(await search.adoptVectors(live, batch)).toBe(18);
    expect(calls).toEqual([
      "open /edition/@1",
      "sentences@1",
      "open /edition/@2",
      "sentences@2",
      "adopt@2",
    ]);
  });

  it("asks for a work again, and for its text and pictures, where the worker died under it", async () => {
    const { client: search, calls } = start((generation, worker) => {
      if (generation === 1) worker.crash("killed");
    });
    await search.open(live, "/edition/", ignore);
    expect(await search.work(live, "W1")).toBeNull();
    expect(await search.workText(live, "W1")).toBeNull();
    expect(await (await search.workImage(live, "W1", "a.jpeg")).text()).toBe("W1a.jpeg");
    expect(calls).toEqual(["open /edition/@1", "work@1", "open /edition/@2", "work@2"]);
  });

  it("opens the edition again and repeats the search when the worker dies under it", async () => {
    const { client: search, calls } = start((generation, worker) => {
      if (generation === 1) worker.crash("killed");
    });
    await search.open(live, "/edition/", ignore);
    expect((await search.search(live, request, ignore, ignore)).scanned).toBe(100);
    expect(calls).toEqual(["open /edition/@1", "search@1", "open /edition/@2", "search@2"]);
  });

  it("gives up where the second worker dies too, and works at the next search", async () => {
    const { client: search } = start((generation, worker) => {
      if (generation <= 2) worker.crash("killed");
    });
    await search.open(live, "/edition/", ignore);
    const error = await search.search(live, request, ignore, ignore).catch((e: unknown) => e);
    expect(isAppError(error, "worker-crashed")).toBe(true);
    expect((await search.search(live, request, ignore, ignore)).scanned).toBe(100);
  });

  it("answers nothing from an edition that was published since the page opened its own", async () => {
    const {
      client: search,
      calls,
      published,
    } = start((generation, worker) => {
      if (generation === 1) worker.crash("killed");
    });
    await search.open(live, "/edition/", ignore);
    published.editionId = "newer";
    const error = await search.search(live, request, ignore, ignore).catch((e: unknown) => e);
    expect(isAppError(error, "worker-crashed")).toBe(true);
    expect(calls.filter((call) => call.startsWith("search"))).toEqual(["search@1"]);
    expect((await search.open(live, "/edition/", ignore)).editionId).toBe("newer");
    expect((await search.search(live, request, ignore, ignore)).scanned).toBe(100);
  });

  it("drops the answers of a search that was cancelled, and tells the worker", async () => {
    const { client: search, calls } = start();
    await search.open(live, "/edition/", ignore);
    const controller = new AbortController();
    const waves: number[] = [];
    const searching = search.search(
      controller.signal,
      request,
      (a) => waves.push(a.scanned),
      ignore,
    );
    controller.abort();
    expect(isAbort(await searching.catch((e: unknown) => e))).toBe(true);
    await waitFor(() => expect(calls.at(-1)).toBe("cancel search-2"));
    expect(waves).toEqual([]);
  });
});

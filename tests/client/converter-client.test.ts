import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ConverterClient, createConverterClient } from "../../src/client/converter-client.ts";
import { isAppError } from "../../src/core/errors.ts";
import type { Progress } from "../../src/core/progress.ts";
import type { ConverterApi, MadePack, MakeRequest, StorageState } from "../../src/core/protocol.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createFakeWorker, type FakeWorker } from "./fake-worker.ts";

const live = new AbortController().signal;
const request: MakeRequest = { weights: { kind: "hub", id: "clip" }, adapter: null, mirror: null };
const pack: MadePack = {
  packId: "clip-q8",
  name: "CLIP",
  variants: { base: "CLIP", adapted: null },
  fingerprint: "f",
  bytes: 100,
  hasText: false,
  hasAdapter: false,
  storage: "kept",
};
/** Longer than a worker without calls is kept, in milliseconds. */
const LATER = 5000;

let client: ConverterClient | undefined;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  client?.dispose();
  vi.useRealTimers();
});

function start(storage: StorageState = "kept", onMake: (worker: FakeWorker) => void = () => {}) {
  const workers: FakeWorker[] = [];
  const cancelled: string[] = [];
  const spawn = (): FakeWorker => {
    const api = {
      list: async () => [pack],
      async make(_id, _request, report) {
        // Once it has arrived: what comes after the answer is not passed on.
        await Promise.resolve(report({ phase: "download", item: "weights", loaded: 1, total: 2 }));
        onMake(worker);
        return { ...pack, storage };
      },
      makeText: async () => ({ ...pack, hasText: true, storage }),
      files: async () => ({ "manifest.json": new Blob(["{}"]) }),
      remove: async () => {},
      discard: async () => {},
      cancel: (id) => void cancelled.push(id),
    } satisfies ConverterApi;
    const worker = createFakeWorker(api);
    workers.push(worker);
    return worker;
  };
  client = createConverterClient({ spawn });
  return { client, workers, cancelled };
}

describe("the converter client", () => {
  it("starts the worker with the first call and ends it when the last has been answered", async () => {
    const { client: converter, workers } = start();
    expect(workers).toHaveLength(0);
    const seen: Progress[] = [];
    expect(await converter.make(live, request, (progress) => seen.push(progress))).toEqual(pack);
    expect((await converter.files(live, pack.packId))["manifest.json"]?.size).toBe(2);
    expect(workers).toHaveLength(1);
    expect(seen).toHaveLength(1);
    expect(workers[0]?.isTerminated()).toBe(false);
    vi.advanceTimersByTime(LATER);
    expect(workers[0]?.isTerminated()).toBe(true);
    expect(await converter.list(live)).toEqual([pack]);
    expect(workers).toHaveLength(2);
  });

  it("keeps the worker while it alone holds a pack, until that is removed", async () => {
    const { client: converter, workers } = start("unavailable");
    await converter.make(live, request, () => {});
    vi.advanceTimersByTime(LATER);
    expect(workers[0]?.isTerminated()).toBe(false);
    await converter.remove(live, pack.packId);
    vi.advanceTimersByTime(LATER);
    expect(workers[0]?.isTerminated()).toBe(true);
  });

  it("tells the worker of a cancellation and gives it time to keep what is there", async () => {
    const leaving = new AbortController();
    const { client: converter, workers, cancelled } = start("kept", () => leaving.abort());
    const making = converter.make(leaving.signal, request, () => {});
    await expect(making).rejects.toMatchObject({ name: "AbortError" });
    expect(workers[0]?.isTerminated()).toBe(false);
    await waitFor(() => expect(cancelled).toHaveLength(1));
  });

  it("does not begin a conversion anew by itself when its worker has died", async () => {
    const { client: converter, workers } = start("kept", (worker) => worker.crash("out of memory"));
    const error = await converter.make(live, request, () => {}).catch((thrown) => thrown);
    expect(isAppError(error, "worker-crashed")).toBe(true);
    expect(error.detail).toMatchObject({ worker: "converter", why: "out of memory" });
    expect(workers).toHaveLength(1);
    expect(await converter.list(live)).toEqual([pack]);
  });
});

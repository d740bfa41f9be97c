import { afterEach, describe, expect, it } from "vitest";
import { createWorkerClient, type WorkerClient } from "../../src/client/worker-client.ts";
import { isAppError } from "../../src/core/errors.ts";
import closingWorkerUrl from "./closing.worker.ts?worker&url";

interface ClosingApi {
  add(id: string, left: number, right: number): Promise<number>;
  hang(id: string): Promise<number>;
  close(id: string): Promise<number>;
  cancel(id: string): void;
}

const live = new AbortController().signal;
let client: WorkerClient<ClosingApi> | undefined;

afterEach(() => client?.dispose());

function start(): WorkerClient<ClosingApi> {
  client = createWorkerClient<ClosingApi>({
    name: "encoder",
    spawn: () => new Worker(closingWorkerUrl, { type: "module" }),
    cancel: (api, id) => api.cancel(id),
  });
  return client;
}

describe("a worker that ends without an error", () => {
  it("rejects every call under way, and is replaced for the next", async () => {
    const worker = start();
    expect(await worker.call(live, (api, id) => api.add(id, 1, 2))).toBe(3);
    const waiting = worker.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e);
    const closing = worker.call(live, (api, id) => api.close(id)).catch((e: unknown) => e);
    for (const error of await Promise.all([waiting, closing])) {
      expect(isAppError(error, "worker-crashed")).toBe(true);
    }
    expect(worker.generation()).toBe(2);
    expect(await worker.call(live, (api, id) => api.add(id, 3, 4))).toBe(7);
  });
});

import { proxy } from "comlink";
import { afterEach, describe, expect, it } from "vitest";
import { createWorkerClient, type WorkerClient } from "../../src/client/worker-client.ts";
import { AppError, isAbort, isAppError } from "../../src/core/errors.ts";
import type { Progress, ReportProgress } from "../../src/core/progress.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createFakeWorker, type FakeWorker } from "./fake-worker.ts";

/** An API with one call of every kind. */
interface TestApi {
  add(id: string, left: number, right: number): Promise<number>;
  hang(id: string): Promise<number>;
  fail(id: string): Promise<number>;
  report(id: string, report: ReportProgress): Promise<number>;
  reportLate(id: string, report: ReportProgress): Promise<number>;
  cancel(id: string): void;
}

const live = new AbortController().signal;
let clients: WorkerClient<TestApi>[] = [];

afterEach(() => {
  for (const client of clients) client.dispose();
  clients = [];
});

function start() {
  const workers: FakeWorker[] = [];
  const cancelled: string[] = [];
  const hanging: string[] = [];
  const api = {
    add: async (_id, left, right) => left + right,
    hang: (id) => {
      hanging.push(id);
      return new Promise<number>(() => {});
    },
    fail: async () => {
      throw new AppError({ code: "picture-too-thin", width: 30_000, height: 2 });
    },
    report: async (_id, report) => {
      report({ phase: "step", step: "route" });
      return 1;
    },
    reportLate: async (_id, report) => {
      setTimeout(() => report({ phase: "step", step: "route" }), 10);
      return 1;
    },
    cancel: (id) => {
      cancelled.push(id);
    },
  } satisfies TestApi;
  const client = createWorkerClient<TestApi>({
    name: "encoder",
    spawn: () => {
      const worker = createFakeWorker(api);
      workers.push(worker);
      return worker;
    },
    cancel: (remote, id) => remote.cancel(id),
  });
  clients.push(client);
  return { client, workers, cancelled, hanging };
}

describe("createWorkerClient", () => {
  it("starts its worker at the first call and keeps it", async () => {
    const { client, workers } = start();
    expect(workers).toHaveLength(0);
    expect(await client.call(live, (api, id) => api.add(id, 1, 2))).toBe(3);
    expect(await client.call(live, (api, id) => api.add(id, 3, 4))).toBe(7);
    expect(workers).toHaveLength(1);
    expect(client.generation()).toBe(1);
  });

  it("passes a typed error on with all its fields", async () => {
    const { client } = start();
    const error = await client.call(live, (api, id) => api.fail(id)).catch((e: unknown) => e);
    expect(isAppError(error, "picture-too-thin")).toBe(true);
    expect(error).toMatchObject({ detail: { width: 30_000, height: 2 } });
  });

  it("passes progress on", async () => {
    const { client } = start();
    const seen: Progress[] = [];
    await client.call(live, (api, id) =>
      api.report(
        id,
        proxy((p: Progress) => seen.push(p)),
      ),
    );
    await waitFor(() => expect(seen).toEqual([{ phase: "step", step: "route" }]));
  });

  it("ends a cancelled call at once and tells the worker which one", async () => {
    const { client, cancelled, hanging } = start();
    const controller = new AbortController();
    const call = client.call(controller.signal, (api, id) => api.hang(id));
    await waitFor(() => expect(hanging).toHaveLength(1));
    controller.abort();
    expect(isAbort(await call.catch((e: unknown) => e))).toBe(true);
    await waitFor(() => expect(cancelled).toEqual(hanging));
    expect(await client.call(live, (api, id) => api.add(id, 1, 1))).toBe(2);
  });

  it("starts nothing for a call that is cancelled already", async () => {
    const { client, workers } = start();
    const call = client.call(AbortSignal.abort(), (api, id) => api.hang(id));
    expect(isAbort(await call.catch((e: unknown) => e))).toBe(true);
    expect(workers).toHaveLength(0);
  });

  it("rejects every call under way when the worker crashes, and starts another for the next", async () => {
    const { client, workers, hanging } = start();
    const calls = [1, 2].map(() =>
      client.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e),
    );
    await waitFor(() => expect(hanging).toHaveLength(2));
    workers[0]?.crash("out of memory");
    for (const error of await Promise.all(calls)) {
      expect(isAppError(error, "worker-crashed")).toBe(true);
      expect(error).toMatchObject({ detail: { worker: "encoder", why: "out of memory" } });
    }
    expect(workers[0]?.isTerminated()).toBe(true);
    expect(client.generation()).toBe(2);
    expect(await client.call(live, (api, id) => api.add(id, 2, 2))).toBe(4);
    expect(workers).toHaveLength(2);
  });

  it("says that a script is missing where a worker ends without a word before it has spoken", async () => {
    const { client, workers } = start();
    const call = client.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e);
    await waitFor(() => expect(workers).toHaveLength(1));
    workers[0]?.crash("");
    expect(isAppError(await call, "script-missing")).toBe(true);
    expect(await client.call(live, (api, id) => api.add(id, 2, 2))).toBe(4);
    const later = client.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e);
    workers[1]?.crash("");
    expect(isAppError(await later, "worker-crashed")).toBe(true);
  });

  it("takes a message that cannot be read for a crash", async () => {
    const { client, workers } = start();
    const call = client.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e);
    await waitFor(() => expect(workers).toHaveLength(1));
    workers[0]?.garble();
    expect(isAppError(await call, "worker-crashed")).toBe(true);
  });

  it("rejects as crashed where no worker can be started", async () => {
    const client = createWorkerClient<TestApi>({
      name: "search",
      spawn: () => {
        throw new TypeError("refused");
      },
      cancel: (remote, id) => remote.cancel(id),
    });
    const error = await client.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e);
    expect(error).toMatchObject({ detail: { code: "worker-crashed", worker: "search" } });
  });

  it("replaces only the worker that it is asked to replace", async () => {
    const { client, workers } = start();
    await client.call(live, (api, id) => api.add(id, 1, 2));
    client.restart(1, "device lost");
    client.restart(1, "the same loss, seen by a second call");
    await client.call(live, (api, id) => api.add(id, 1, 2));
    client.restart(1, "the same loss, seen by a third call");
    expect(workers.map((worker) => worker.isTerminated())).toEqual([true, false]);
  });

  it("ends calls under way without an error message when the page is done with the worker", async () => {
    const { client, workers, hanging } = start();
    const call = client.call(live, (api, id) => api.hang(id)).catch((e: unknown) => e);
    await waitFor(() => expect(hanging).toHaveLength(1));
    client.dispose();
    expect(isAbort(await call)).toBe(true);
    expect(workers[0]?.isTerminated()).toBe(true);
  });

  it("passes nothing on that is reported after the answer, as ports of their own may deliver it", async () => {
    const { client } = start();
    const seen: Progress[] = [];
    await client.call(live, (api, id, whileLive) =>
      api.reportLate(id, proxy(whileLive((progress: Progress) => seen.push(progress)))),
    );
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(seen).toEqual([]);
  });
});

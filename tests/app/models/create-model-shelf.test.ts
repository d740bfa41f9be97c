import { describe, expect, it } from "vitest";
import {
  createModelShelf,
  type ModelShelf,
  type Wanted,
} from "../../../src/app/models/create-model-shelf.ts";
import { DEMO_CHOICE, type ModelChoice } from "../../../src/app/models/model-choice.ts";
import type { Unfinished } from "../../../src/app/models/unfinished-memory.ts";
import type { ConverterClient } from "../../../src/client/converter-client.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { ReportProgress } from "../../../src/core/progress.ts";
import type { MadePack } from "../../../src/core/protocol.ts";
import { deferred, settle, untilAborted } from "../session/doubles.ts";

const wanted: Wanted = {
  id: "clip",
  name: "CLIP",
  request: { weights: { kind: "hub", id: "clip" }, adapter: null, mirror: null },
};

const pack: MadePack = {
  packId: "clip-1",
  name: "CLIP",
  variants: { base: "CLIP", adapted: "PaintingCLIP" },
  fingerprint: "f",
  bytes: 100_000_000,
  hasText: false,
  hasAdapter: true,
  storage: "kept",
};
const clip: ModelChoice = { kind: "made", packId: "clip-1", name: "CLIP with PaintingCLIP" };

function start(
  converter: Partial<ConverterClient> = {},
  persist: () => Promise<boolean> = async () => true,
) {
  const chosen: ModelChoice[] = [];
  const removed: string[] = [];
  const unfinished = new Map<string, Unfinished>();
  let persistence = 0;
  let discards = 0;
  let model: ModelChoice = DEMO_CHOICE;
  const shelf: ModelShelf = createModelShelf({
    converter: {
      list: async () => [pack],
      make: async () => pack,
      makeText: () => Promise.reject(new Error("not expected")),
      files: () => Promise.reject(new Error("not expected")),
      remove: async (_signal, packId) => void removed.push(packId),
      discard: async () => {
        discards += 1;
      },
      dispose: () => undefined,
      ...converter,
    },
    session: {
      model: () => model,
      chooseModel: (choice) => {
        model = choice;
        chosen.push(choice);
      },
    },
    memory: {
      read: (id) => unfinished.get(id) ?? null,
      write: (id, state) =>
        void (state === null ? unfinished.delete(id) : unfinished.set(id, state)),
    },
    storage: () =>
      ({
        persisted: async () => false,
        estimate: async () => ({ quota: 1000, usage: 400 }),
        persist: async () => {
          persistence += 1;
          return await persist();
        },
      }) as unknown as StorageManager,
  });
  const counts = { persistence: () => persistence, discards: () => discards };
  return { shelf, chosen, removed, unfinished, ...counts };
}

describe("the model shelf", () => {
  it("shows what the device holds, and how much room there is", async () => {
    const { shelf } = start();
    shelf.load();
    await settle();
    expect(shelf.packs()).toEqual([pack]);
    expect(shelf.room()).toEqual({ isPersistent: false, free: 600 });
    expect(shelf.job()).toEqual({ kind: "none" });
  });

  it("computes with a model once it is made, and asks the browser to keep it", async () => {
    const { shelf, chosen, persistence } = start();
    shelf.make(wanted);
    await settle();
    expect(shelf.job()).toEqual({ kind: "made", pack });
    expect(chosen).toEqual([clip]);
    expect(persistence()).toBe(1);
  });

  it("does not wait for a person's answer to whether what is stored may stay", async () => {
    const { shelf, chosen } = start({}, () => new Promise(() => undefined));
    shelf.make(wanted);
    await settle();
    expect(shelf.job()).toEqual({ kind: "made", pack });
    expect(chosen).toEqual([clip]);
  });

  it("does not ask to keep what could not be stored", async () => {
    const { shelf, persistence } = start({ make: async () => ({ ...pack, storage: "full" }) });
    shelf.make(wanted);
    await settle();
    expect(shelf.job().kind).toBe("made");
    expect(persistence()).toBe(0);
  });

  it("says how far a cancelled download came, and forgets that once the model is there", async () => {
    let isFirst = true;
    const { shelf, chosen, unfinished } = start({
      make: (signal, _request, report) => {
        if (!isFirst) return Promise.resolve(pack);
        report({ phase: "download", item: "weights", loaded: 80, total: 176 });
        return untilAborted(signal);
      },
    });
    shelf.make(wanted);
    await settle();
    const job = shelf.job();
    expect(job.kind === "making" && job.progress.downloads["weights"]).toEqual({
      loaded: 80,
      total: 176,
    });
    shelf.cancel();
    await settle();
    expect(shelf.job()).toEqual({ kind: "cancelled", wanted });
    expect(shelf.unfinished("clip")).toEqual({ loaded: 80, total: 176 });
    expect(chosen).toEqual([]);
    isFirst = false;
    shelf.make(wanted);
    await settle();
    expect(unfinished.size).toBe(0);
  });

  it("keeps what it knows of a download when the next attempt fails before its first byte", async () => {
    const { shelf, unfinished } = start({
      make: () => Promise.reject(new AppError({ code: "network", url: "https://hub.test/x" })),
    });
    unfinished.set("clip", { loaded: 80, total: 176 });
    shelf.make(wanted);
    await settle();
    expect(shelf.job()).toEqual({
      kind: "failed",
      wanted,
      error: { code: "network", url: "https://hub.test/x" },
    });
    expect(shelf.unfinished("clip")).toEqual({ loaded: 80, total: 176 });
  });

  it("makes one model at a time", async () => {
    const making = deferred<MadePack>();
    let calls = 0;
    const { shelf } = start({
      make: () => {
        calls += 1;
        return making.promise;
      },
    });
    shelf.make(wanted);
    shelf.make({ ...wanted, id: "other" });
    making.resolve(pack);
    await settle();
    expect(calls).toBe(1);
  });

  it("hears nothing more of a job that was cancelled", async () => {
    let report: ReportProgress = () => undefined;
    const { shelf } = start({
      make: (signal, _request, given) => {
        report = given;
        return untilAborted(signal);
      },
    });
    shelf.make(wanted);
    shelf.cancel();
    await settle();
    report({ phase: "download", item: "weights", loaded: 99, total: 176 });
    expect(shelf.job().kind).toBe("cancelled");
  });

  it("goes back to the demo encoder before it removes the model in use", async () => {
    const { shelf, chosen, removed } = start();
    shelf.use(pack);
    shelf.remove(pack);
    await settle();
    expect(chosen).toEqual([clip, DEMO_CHOICE]);
    expect(removed).toEqual(["clip-1"]);
  });

  it("leaves the model in use alone when another one is removed", async () => {
    const { shelf, chosen } = start();
    shelf.use(pack);
    shelf.remove({ ...pack, packId: "other" });
    await settle();
    expect(chosen).toEqual([clip]);
  });

  it("gives up what was broken off, and says no more that it can go on", async () => {
    const { shelf, unfinished, discards } = start();
    unfinished.set("clip", { loaded: 80, total: 176 });
    shelf.discard("clip");
    await settle();
    expect(discards()).toBe(1);
    expect(shelf.unfinished("clip")).toBeNull();
  });

  it("says when the packs could not be listed", async () => {
    const { shelf } = start({ list: () => Promise.reject(new Error("broken")) });
    shelf.load();
    await settle();
    expect(shelf.job()).toEqual({
      kind: "failed",
      wanted: null,
      error: { code: "unexpected", why: "broken" },
    });
    shelf.dismiss();
    expect(shelf.job()).toEqual({ kind: "none" });
  });
});

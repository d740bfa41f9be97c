import { describe, expect, it } from "vitest";
import {
  createKeptEdition,
  type KeptEditionServices,
} from "../../../src/app/extent/create-kept-edition.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { ReportProgress } from "../../../src/core/progress.ts";
import type { KeptState } from "../../../src/core/protocol.ts";
import { settle, untilAborted } from "../session/doubles.ts";

const TOTAL = 837_000_000;
const stateWith = (bytes: number): KeptState => ({
  storage: "opfs",
  cache: "kept",
  bytes,
  total: TOTAL,
});

function create(changes: Partial<KeptEditionServices["search"]> = {}) {
  let bytes = 0;
  let asked = 0;
  const kept = createKeptEdition({
    search: {
      kept: async () => stateWith(bytes),
      async download(_signal, report: ReportProgress) {
        for (const loaded of [1e8, 4e8, TOTAL]) {
          bytes = loaded;
          report({ phase: "download", item: "edition", loaded, total: TOTAL });
          await settle();
        }
        return stateWith(bytes);
      },
      async removeKept() {
        bytes = 0;
        return stateWith(0);
      },
      ...changes,
    },
    storage: () => ({
      persist: async () => {
        asked++;
        return true;
      },
    }),
  });
  return { kept, asked: () => asked };
}

describe("createKeptEdition", () => {
  it("knows nothing before it looks", async () => {
    const { kept } = create();
    expect(kept.state()).toBeNull();
    kept.look();
    await settle();
    expect(kept.state()).toEqual(stateWith(0));
  });

  it("downloads, tells how far it is, and asks the browser to keep it", async () => {
    const { kept, asked } = create();
    kept.download();
    await settle();
    expect(kept.job()).toMatchObject({ kind: "downloading", total: TOTAL });
    await settle();
    await settle();
    await settle();
    expect(kept.job()).toEqual({ kind: "none" });
    expect(kept.state()).toEqual(stateWith(TOTAL));
    expect(asked()).toBe(1);
    kept.remove();
    await settle();
    expect(kept.state()).toEqual(stateWith(0));
  });

  it("is over when it is over, also where progress comes after the answer", async () => {
    let report: ReportProgress = () => undefined;
    const { kept } = create({
      download: async (_signal, onProgress) => {
        report = onProgress;
        return stateWith(TOTAL);
      },
    });
    kept.download();
    await settle();
    report({ phase: "download", item: "edition", loaded: TOTAL, total: TOTAL });
    expect(kept.job()).toEqual({ kind: "none" });
  });

  it("can be cancelled, which is no failure, and tells what is kept by then", async () => {
    const { kept } = create({
      download: (signal) => untilAborted(signal),
      kept: async () => stateWith(3e8),
    });
    kept.download();
    await settle();
    kept.cancel();
    await settle();
    expect(kept.job()).toEqual({ kind: "none" });
    expect(kept.state()?.bytes).toBe(3e8);
  });

  it("shows what went wrong, until it is dismissed or tried again", async () => {
    const { kept } = create({
      download: () => Promise.reject(new AppError({ code: "storage-full" })),
    });
    kept.download();
    await settle();
    expect(kept.job()).toEqual({ kind: "failed", error: { code: "storage-full" } });
    kept.dismiss();
    expect(kept.job()).toEqual({ kind: "none" });
  });

  it("does one thing at a time", async () => {
    let downloads = 0;
    const { kept } = create({
      download: (signal) => {
        downloads++;
        return untilAborted(signal);
      },
    });
    kept.download();
    kept.download();
    kept.remove();
    await settle();
    expect(downloads).toBe(1);
    expect(kept.job().kind).toBe("downloading");
  });
});

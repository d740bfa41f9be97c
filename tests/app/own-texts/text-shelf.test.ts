import { createRoot } from "solid-js";
import { describe, expect, it } from "vitest";
import {
  createTextShelf,
  type TextShelf,
  type TextsJob,
} from "../../../src/app/own-texts/create-text-shelf.ts";
import { createTextsHint } from "../../../src/app/own-texts/texts-hint.ts";
import type { OwnTextsClient } from "../../../src/client/own-texts-client.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { OwnLibrary, OwnWorkInfo } from "../../../src/core/own-texts/protocol.ts";
import type { EncoderInfo } from "../../../src/core/protocol.ts";
import { DIM, encoderInfo, settle } from "../session/doubles.ts";

const GIVEN = { name: "a.txt", content: new Blob(["x"]), columns: null };

/** A keeper of texts in memory, which takes two sentences at a time, and a page around it. */
function setUp(
  options: {
    readonly embed?: (texts: readonly string[]) => Promise<EncoderInfo>;
    readonly isFree?: boolean;
    readonly failing?: Partial<OwnTextsClient>;
    readonly mustAsk?: boolean;
    readonly persist?: () => Promise<boolean>;
  } = {},
) {
  let works: (OwnWorkInfo & { readonly embedded: number })[] = [];
  let deleted: typeof works = [];
  const calls: string[] = [];
  let changed: () => void = () => undefined;
  const total = (of: "sentences" | "embedded") =>
    works.reduce((sum, work) => sum + (work[of] ?? 0), 0);
  const texts: OwnTextsClient = {
    library: async (): Promise<OwnLibrary> => ({
      works: [...works],
      sentences: total("sentences"),
      embedded: total("embedded"),
      deleted: [...deleted],
      bytes: { texts: 0, vectors: 0 },
    }),
    preview: () => Promise.reject(new Error("not expected")),
    add: async () => {
      const record = { title: "a", author: "", year: "" };
      works = [
        ...works,
        { workId: `w${works.length}`, record, sentences: 5, addedAt: 0, embedded: 0 },
      ];
      return { works: 1, sentences: 5, known: 0 };
    },
    edit: async () => undefined,
    remove: async (_signal, ids) => {
      deleted = works.filter(({ workId }) => ids.includes(workId));
      works = works.filter(({ workId }) => !ids.includes(workId));
    },
    restore: async () => {
      works = [...works, ...deleted];
      deleted = [];
    },
    purge: async () => {
      deleted = [];
    },
    clear: async () => {
      works = [];
      deleted = [];
    },
    unread: async (signal) => {
      signal.throwIfAborted();
      const work = works.find(({ embedded, sentences }) => embedded < sentences);
      if (work === undefined) return null;
      const count = Math.min(2, work.sentences - work.embedded);
      return { firstRow: work.embedded, texts: Array.from({ length: count }, () => "Words.") };
    },
    takeVectors: async (_signal, { base }) => {
      calls.push(`take ${base.length / DIM}`);
      const at = works.findIndex(({ embedded, sentences }) => embedded < sentences);
      works = works.map((work, index) =>
        index === at ? { ...work, embedded: work.embedded + base.length / DIM } : work,
      );
    },
    search: () => Promise.reject(new Error("not expected")),
    source: () => Promise.reject(new Error("not expected")),
    exportAll: async () => new Blob(["{}"]),
    dispose: () => undefined,
    ...options.failing,
  };
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  } as unknown as Storage;
  const jobs: TextsJob["kind"][] = [];
  const make = (): TextShelf =>
    createTextShelf({
      texts,
      session: {
        encoder: () => encoderInfo,
        openModel: async () => encoderInfo,
        async embedTexts(_signal, batch, ask) {
          if (options.mustAsk) await ask({ kind: "fetch-text", model: "CLIP", bytes: 1 });
          const info = (await options.embed?.(batch)) ?? encoderInfo;
          const vectors = new Float32Array(batch.length * DIM);
          const isCut = batch.map(() => false);
          return { info, vectors: { base: vectors, adapted: vectors, isCut } };
        },
        ownTextsChanged: () => calls.push("changed"),
      },
      hint: createTextsHint(() => storage),
      storage: () =>
        options.persist ? ({ persist: options.persist } as StorageManager) : undefined,
      async ifFree(work) {
        if (options.isFree === false) return false;
        await work();
        return true;
      },
      undo,
      onChange: (callback) => {
        changed = callback;
        return () => undefined;
      },
    });
  let offers = 0;
  const undo = {
    ifNone: async (work: () => Promise<void>) => {
      if (offers === 0) await work();
    },
    begin: () => {
      offers += 1;
      return async () => {
        offers -= 1;
      };
    },
  };
  const { shelf, end } = createRoot((dispose) => ({ shelf: make(), end: dispose }));
  const finish = () => {
    works = works.map((work) => ({ ...work, embedded: work.sentences }));
  };
  return { shelf, undo, finish, calls, kept, jobs, end, tellOfChange: () => changed() };
}

describe("the shelf of own texts", () => {
  it("lets the model read what was added, to the end, and remembers that there are texts", async () => {
    const { shelf, calls, kept } = setUp();
    shelf.load();
    await settle();
    expect(shelf.library()?.works).toEqual([]);
    expect(kept.size).toBe(0);
    expect(await shelf.add(GIVEN, null)).toBe(true);
    await settle();
    expect(shelf.job()).toEqual({ kind: "added", added: { works: 1, sentences: 5, known: 0 } });
    expect(calls.filter((call) => call.startsWith("take"))).toEqual(["take 2", "take 2", "take 1"]);
    expect(shelf.library()).toMatchObject({ sentences: 5, embedded: 5 });
    expect(calls.at(-1)).toBe("changed");
    expect(kept.size).toBe(1);
    shelf.clear();
    await settle();
    expect(kept.size).toBe(0);
  });

  it("stops where it is told to, keeps what was read, and goes on from there", async () => {
    let batches = 0;
    const { shelf, calls } = setUp({
      embed: async () => {
        batches += 1;
        if (batches === 2) shelf.cancel();
        return encoderInfo;
      },
    });
    await shelf.add(GIVEN, null);
    await settle();
    expect(shelf.job()).toEqual({ kind: "cancelled" });
    expect(shelf.library()).toMatchObject({ embedded: 2 });
    expect(calls).not.toContain("changed");
    shelf.read();
    await settle();
    expect(shelf.library()).toMatchObject({ embedded: 5 });
    expect(shelf.job()).toEqual({ kind: "none" });
  });

  it("takes no vectors of a model that was chosen meanwhile", async () => {
    const other = { ...encoderInfo, fingerprint: "other" };
    const { shelf, calls } = setUp({ embed: async () => other });
    await shelf.add(GIVEN, null);
    await settle();
    expect(calls.filter((call) => call.startsWith("take"))).toEqual([]);
    expect(shelf.library()).toMatchObject({ embedded: 0 });
  });

  it("asks before the part for texts is fetched; declining is stopping", async () => {
    const { shelf } = setUp({ mustAsk: true });
    await shelf.add(GIVEN, null);
    await settle();
    expect(shelf.job()).toMatchObject({ kind: "asking", offer: { model: "CLIP" } });
    shelf.cancel();
    await settle();
    expect(shelf.job()).toEqual({ kind: "cancelled" });
    shelf.read();
    for (let batch = 0; batch < 3; batch++) {
      await settle();
      shelf.takeOffer();
    }
    await settle();
    expect(shelf.library()).toMatchObject({ embedded: 5 });
  });

  it("does not wait for a person's answer to whether what is stored may stay", async () => {
    const { shelf } = setUp({ persist: () => new Promise(() => undefined) });
    expect(await shelf.add(GIVEN, null)).toBe(true);
    await settle();
    expect(shelf.library()).toMatchObject({ embedded: 5 });
  });

  it("ranks again where another tab has added the first texts of all, and where the last one is gone", async () => {
    const { shelf, calls, kept } = setUp();
    await shelf.add(GIVEN, null);
    await settle();
    expect(calls.filter((call) => call === "changed")).toHaveLength(1);
    shelf.remove(["w0"]);
    await settle();
    expect(calls.filter((call) => call === "changed")).toHaveLength(2);
    expect(kept.size).toBe(0);
  });

  it("leaves the reading to another tab that is at it", async () => {
    const { shelf, calls, finish } = setUp({ isFree: false });
    await shelf.add(GIVEN, null);
    await settle();
    expect(shelf.job()).toEqual({ kind: "elsewhere" });
    expect(calls).toEqual([]);
    finish();
    shelf.load();
    await settle();
    expect(shelf.job()).toEqual({ kind: "none" });
  });

  it("says nothing of what was read or added once everything is deleted", async () => {
    let batches = 0;
    const { shelf } = setUp({
      embed: async () => {
        batches += 1;
        if (batches === 2) shelf.clear();
        return encoderInfo;
      },
    });
    await shelf.add(GIVEN, null);
    await settle();
    expect(shelf.library()?.works).toEqual([]);
    expect(shelf.job()).toEqual({ kind: "none" });
  });

  it("says what failed, and adds nothing then", async () => {
    const full = new AppError({ code: "texts-storage", state: "full" });
    const { shelf } = setUp({ failing: { add: () => Promise.reject(full) } });
    expect(await shelf.add(GIVEN, null)).toBe(false);
    expect(shelf.job()).toEqual({ kind: "failed", error: full.detail });
    shelf.dismiss();
    expect(shelf.job()).toEqual({ kind: "none" });
  });

  it("takes up what another tab did, and ranks again where that changes what is found", async () => {
    const { shelf, calls, tellOfChange } = setUp();
    await shelf.add(GIVEN, null);
    await settle();
    const before = calls.length;
    tellOfChange();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(calls).toHaveLength(before);
    shelf.remove(["w0"]);
    await settle();
    expect(shelf.library()?.deleted).toHaveLength(1);
    expect(calls).toHaveLength(before + 1);
    shelf.restore(["w0"]);
    await settle();
    expect(calls).toHaveLength(before + 2);
  });

  it("keeps what was deleted while any tab offers to undo it, and deletes it for good when the last one ends that", async () => {
    const { shelf, undo } = setUp();
    await shelf.add(GIVEN, null);
    const endElsewhere = undo.begin();
    const endHere = shelf.offerUndo();
    shelf.remove(["w0"]);
    await settle();
    expect(shelf.library()?.deleted).toHaveLength(1);
    endHere();
    await settle();
    expect(shelf.library()?.deleted).toHaveLength(1);
    await endElsewhere();
    const end = shelf.offerUndo();
    await settle();
    expect(shelf.library()?.deleted).toEqual([]);
    end();
  });

  it("keeps what was given and typed until it is added or put away, whatever becomes of the dialog", () => {
    const { shelf } = setUp();
    const [one, other] = [new File(["a"], "a.txt"), new File(["b"], "b.txt")];
    shelf.give([one]);
    shelf.give([other]);
    shelf.setDraft("Half a sen");
    shelf.putAway(one);
    expect(shelf.given()).toEqual([other]);
    expect(shelf.draft()).toBe("Half a sen");
  });

  it("remembers nothing where the browser forbids it, and works", () => {
    const hint = createTextsHint(() => {
      throw new Error("forbidden");
    });
    expect(hint.read()).toBe(false);
    hint.write(true);
    expect(hint.read()).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import type { Session } from "../../../src/app/session/session.ts";
import type { Phrase, PhraseMode } from "../../../src/app/session/session-state.ts";
import { shownIn } from "../../../src/app/session/session-state.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { EmbeddedTexts, SearchAnswer } from "../../../src/core/protocol.ts";
import {
  answer,
  crashed,
  DIM,
  deferred,
  editionInfo,
  GRID,
  mapValues,
  picture,
  services,
  settle,
  untilAborted,
} from "./doubles.ts";

const CELLS = GRID * GRID;
const phrase = (text: string, mode: PhraseMode = "alone"): Phrase => ({ text, mode });

function rowsShown(session: Session): number[] {
  return shownIn(session.state())?.results.answer.found.map((found) => found.row) ?? [];
}

/** A session with a picture on its stage. */
async function withPicture(workers = services()) {
  const session = createSession(workers);
  session.openPicture(picture("a"));
  await settle();
  workers.recorded.calls.length = 0;
  return { session, workers };
}

describe("a phrase without a picture", () => {
  it("is embedded and searched on the scale of texts, without any map", async () => {
    const workers = services();
    const session = createSession(workers);
    session.choosePhrase(phrase("red boat"));
    expect(session.state()).toMatchObject({ kind: "loading", picture: null });
    await settle();
    expect(workers.recorded.calls).toEqual([
      "search.open",
      "encoder.open",
      "encoder.embedTexts 1",
      "search.search base",
    ]);
    const shown = shownIn(session.state());
    expect(shown?.picture).toBeNull();
    expect(shown?.results.answer.scale).toBe("text");
    expect(shown?.results.phrase?.text).toBe("red boat");
    expect([...(workers.recorded.queries[0] ?? [])]).toEqual([0, 0, 1, 0]);
  });

  it("is searched alone also where adding was chosen, since there is nothing to add it to", async () => {
    const session = createSession(services());
    session.choosePhrase(phrase("red", "add"));
    await settle();
    expect(shownIn(session.state())?.results.answer.scale).toBe("text");
  });

  it("leaves an empty page when it is cleared", async () => {
    const session = createSession(services());
    session.choosePhrase(phrase("red"));
    await settle();
    session.choosePhrase(null);
    expect(session.state().kind).toBe("idle");
    await settle();
    expect(session.state().kind).toBe("idle");
  });

  it("shows the download of the text model, and ends with nothing on the page when cancelled", async () => {
    const workers = services({
      encoder: {
        embedTexts: (signal, _texts, report) => {
          report({ phase: "download", item: "text", loaded: 1, total: 4 });
          return untilAborted(signal);
        },
      },
    });
    const session = createSession(workers);
    session.choosePhrase(phrase("red"));
    await settle();
    const state = session.state();
    expect(state.kind === "loading" && state.progress.downloads["text"]).toEqual({
      loaded: 1,
      total: 4,
    });
    session.cancel();
    await settle();
    expect(session.state()).toMatchObject({ kind: "idle", choices: { phrase: null } });
  });

  it("words what failed and searches again when the person tries again", async () => {
    let isDown = true;
    const workers = services({
      encoder: {
        embedTexts: async (_signal, texts) => {
          if (isDown) throw new AppError({ code: "network", url: "text.onnx" });
          return embedded(texts.length);
        },
      },
    });
    const session = createSession(workers);
    session.choosePhrase(phrase("red"));
    await settle();
    const failed = session.state();
    expect(failed.kind === "failed" && failed.error.code).toBe("network");
    isDown = false;
    session.retry();
    await settle();
    expect(rowsShown(session)).toEqual([1, 2, 3]);
  });

  it("opens the model again after its worker died", async () => {
    let isDead = true;
    const workers = services({
      encoder: {
        embedTexts: async (_signal, texts) => {
          if (isDead) throw new AppError(crashed);
          return embedded(texts.length);
        },
      },
    });
    const session = createSession(workers);
    session.choosePhrase(phrase("red"));
    await settle();
    isDead = false;
    session.retry();
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(workers.recorded.calls.filter((call) => call === "encoder.open")).toHaveLength(2);
  });

  it("is never compared with many sentences of another model", async () => {
    const workers = services({
      search: { open: async () => ({ ...editionInfo, fingerprint: "f2", sentences: 5001 }) },
    });
    const session = createSession(workers);
    session.choosePhrase(phrase("red"));
    await settle();
    const state = session.state();
    expect(state.kind === "failed" && state.error.code).toBe("model-mismatch");
    expect(workers.recorded.queries).toHaveLength(0);
  });

  it("drops the answer to a phrase that another one has replaced", async () => {
    const slow = deferred<SearchAnswer>();
    const workers = services({
      search: {
        search: () =>
          workers.recorded.queries.length === 1
            ? slow.promise
            : Promise.resolve({ ...answer(7), scale: "text" }),
      },
    });
    const session = createSession(workers);
    session.choosePhrase(phrase("first"));
    await settle();
    session.choosePhrase(phrase("second"));
    await settle();
    slow.resolve(answer(1, 2));
    await settle();
    expect(rowsShown(session)).toEqual([7]);
    expect(shownIn(session.state())?.results.phrase?.text).toBe("second");
  });

  it("says of a phrase that was too long that only its beginning was embedded", async () => {
    const session = createSession(services());
    const long = "red ".repeat(60).trim();
    session.choosePhrase(phrase(long));
    await settle();
    expect(session.cutPhrase()).toBe(long);
    session.choosePhrase(phrase("red"));
    await settle();
    expect(session.cutPhrase()).toBeNull();
  });
});

describe("a phrase beside a picture", () => {
  it("is added to the query and taken from it without a pass of either tower in between", async () => {
    const { session, workers } = await withPicture();
    session.choosePhrase(phrase("red", "add"));
    await settle();
    session.choosePhrase(phrase("red", "subtract"));
    await settle();
    expect(workers.recorded.calls.filter((call) => call.startsWith("encoder.e"))).toEqual([
      "encoder.embedTexts 1",
      // The phrase's own map; those of the sentences are there, and the same sentences are found the second time.
      "encoder.explain grad-eclip",
    ]);
    const [plain, ...mixed] = workers.recorded.queries;
    expect(mixed).toEqual([plain, plain]);
    const vector = Float32Array.of(0, 0, 1, 0);
    expect(workers.recorded.phrases).toEqual([
      undefined,
      { vector, isAdded: true },
      { vector, isAdded: false },
    ]);
    expect(shownIn(session.state())?.results.answer.scale).toBe("mixed");
  });

  it("keeps explaining every sentence on the picture, and explains the phrase itself after them", async () => {
    const { session } = await withPicture();
    session.choosePhrase(phrase("red"));
    await settle();
    expect(shownIn(session.state())?.results.answer.scale).toBe("text");
    expect(mapValues(shownIn(session.state())?.results.maps["grad-eclip"])).toBe((3 + 1) * CELLS);
  });

  it("applies to a cell and under the other variant from the vectors that are there", async () => {
    const { session, workers } = await withPicture();
    session.choosePhrase(phrase("red", "add"));
    session.chooseRegion({ kind: "cell", row: 2, column: 3 });
    session.chooseVariant("adapted");
    await settle();
    expect(workers.recorded.calls.filter((call) => call === "encoder.encodePicture")).toEqual([]);
    const query = workers.recorded.queries.at(-1) ?? new Float32Array(DIM);
    expect([query[0], query[1]]).toEqual([2, 2 * GRID + 3]);
    expect(workers.recorded.phrases.at(-1)?.vector).toEqual(Float32Array.of(0, 0, 2, 0));
  });

  it("leaves the picture's own sentences when it is cleared", async () => {
    const { session } = await withPicture();
    session.choosePhrase(phrase("red", "add"));
    await settle();
    session.choosePhrase(null);
    await settle();
    expect(shownIn(session.state())?.results).toMatchObject({
      phrase: null,
      answer: { scale: "picture" },
    });
  });

  it("goes back to the sentences before when the search for it is cancelled", async () => {
    const workers = services({ encoder: { embedTexts: (signal) => untilAborted(signal) } });
    const { session } = await withPicture(workers);
    session.choosePhrase(phrase("red"));
    await settle();
    session.cancel();
    await settle();
    expect(session.state()).toMatchObject({ kind: "showing", choices: { phrase: null } });
    expect(rowsShown(session)).toEqual([1, 2, 3]);
  });

  it("stays for the next picture where it changes the query, and makes way where it stood alone", async () => {
    for (const [mode, expected] of [
      ["add", "mixed"],
      ["alone", "picture"],
    ] as const) {
      const { session } = await withPicture();
      session.choosePhrase(phrase("red", mode));
      await settle();
      session.openPicture(picture("b"));
      await settle();
      expect(shownIn(session.state())?.results.answer.scale).toBe(expected);
    }
  });

  it("is ranked once the picture stands, where it was typed while that loaded", async () => {
    const first = deferred<SearchAnswer>();
    const workers = services({
      search: {
        search: (_signal, { scale = "picture" }) =>
          workers.recorded.queries.length === 1
            ? first.promise
            : Promise.resolve({ ...answer(8), scale }),
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.choosePhrase(phrase("red", "add"));
    await settle();
    first.resolve(answer(1));
    await settle();
    expect(shownIn(session.state())?.results.answer.scale).toBe("mixed");
    expect(rowsShown(session)).toEqual([8]);
  });
});

function embedded(count: number): EmbeddedTexts {
  const vectors = new Float32Array(count * DIM).fill(0.5);
  return { base: vectors, adapted: vectors, isCut: Array.from({ length: count }, () => false) };
}

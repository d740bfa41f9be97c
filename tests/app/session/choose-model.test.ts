import { describe, expect, it } from "vitest";
import { DEMO_CHOICE } from "../../../src/app/models/model-choice.ts";
import { createSession } from "../../../src/app/session/create-session.ts";
import { shownIn } from "../../../src/app/session/session-state.ts";
import { AppError } from "../../../src/core/errors.ts";
import {
  deferred,
  editionInfo,
  encoded,
  encoderInfo,
  picture,
  services,
  settle,
  untilAborted,
} from "./doubles.ts";

const clip = { kind: "made", packId: "clip-1", name: "CLIP" } as const;

describe("choosing a model", () => {
  it("reads and searches the shown picture again with the files of the made pack, and keeps the choice", async () => {
    const workers = services();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.chooseModel(clip);
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(session.model()).toEqual(clip);
    expect(workers.recorded.choices).toEqual([clip]);
    expect(workers.recorded.opened.map(({ pack }) => pack.kind)).toEqual(["url", "files"]);
    const calls = workers.recorded.calls.filter((call) =>
      /encodePicture|search\.search/.test(call),
    );
    expect(calls).toEqual([
      "encoder.encodePicture",
      "search.search base",
      "encoder.encodePicture",
      "search.search base",
    ]);
    expect(shownIn(session.state())?.encoded?.pictureId).toBe("picture-2");
  });

  it("does nothing for the model that is chosen already", async () => {
    const workers = services();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    const before = workers.recorded.calls.length;
    session.chooseModel(DEMO_CHOICE);
    await settle();
    expect(workers.recorded.calls).toHaveLength(before);
  });

  it("ends the opening of a model that is taken back, also beside a list of words", async () => {
    const signals: AbortSignal[] = [];
    const workers = services();
    const session = createSession({
      ...workers,
      encoder: {
        ...workers.encoder,
        open: (signal, request, report) => {
          if (request.pack.kind === "url") return workers.encoder.open(signal, request, report);
          signals.push(signal);
          return untilAborted(signal);
        },
      },
    });
    session.choosePhrase({ text: "red", mode: "alone" });
    await settle();
    session.chooseModel(clip);
    await settle();
    session.cancel();
    await settle();
    expect(session.model()).toEqual(DEMO_CHOICE);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("searches words, too, under the one variant that a model without an adapter has", async () => {
    const plain = { ...encoderInfo, hasAdapter: false, adapterFingerprint: null };
    const workers = services({
      encoder: { open: async (_signal, { pack }) => (pack.kind === "url" ? encoderInfo : plain) },
    });
    const session = createSession(workers);
    session.chooseVariant("adapted");
    session.choosePhrase({ text: "red", mode: "alone" });
    await settle();
    session.chooseModel(clip);
    await settle();
    expect(workers.recorded.calls.filter((call) => call.startsWith("search.search"))).toEqual([
      "search.search adapted",
      "search.search base",
    ]);
    expect(session.state().choices.variant).toBe("base");
  });

  it("offers the demo encoder in place of embedding sentences only where another model is in use", async () => {
    const search = { open: async () => ({ ...editionInfo, fingerprint: "another model" }) };
    for (const [choice, canUseDemo] of [
      [DEMO_CHOICE, false],
      [clip, true],
    ] as const) {
      const session = createSession(services({ search, choice }));
      session.openPicture(picture("a"));
      await settle();
      expect(session.state().offer).toMatchObject({ kind: "embed-sentences", canUseDemo });
    }
  });

  it("opens the model at once where there is no picture yet", async () => {
    const workers = services();
    const session = createSession(workers);
    session.chooseModel(clip);
    await settle();
    expect(workers.recorded.opened.map(({ pack }) => pack.kind)).toEqual(["files"]);
    expect(session.state().kind).toBe("idle");
  });

  it("starts with the model of the last visit", async () => {
    const workers = services({ choice: clip });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    expect(workers.recorded.opened.map(({ pack }) => pack.kind)).toEqual(["files"]);
  });

  it("falls back to the demo encoder, with a sentence, where the made pack is gone", async () => {
    const workers = services({
      choice: clip,
      converter: {
        files: (_signal, id) => Promise.reject(new AppError({ code: "model-unknown", id })),
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(session.state().refused).toEqual({ code: "model-gone", name: "CLIP" });
    expect(session.model()).toEqual(DEMO_CHOICE);
    expect(workers.recorded.choices).toEqual([DEMO_CHOICE]);
    expect(workers.recorded.opened.map(({ pack }) => pack.kind)).toEqual(["url"]);
  });

  it("returns to the model before when the change is cancelled, and its results go on working", async () => {
    let isSlow = false;
    const workers = services({
      encoder: {
        encodePicture: (signal) => (isSlow ? untilAborted(signal) : Promise.resolve(encoded("p"))),
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    isSlow = true;
    session.chooseModel(clip);
    await settle();
    session.cancel();
    await settle();
    expect(session.model()).toEqual(DEMO_CHOICE);
    expect(session.state().kind).toBe("showing");
    const towers = workers.recorded.calls.filter((call) => call === "encoder.encodePicture").length;
    session.chooseRegion({ kind: "cell", row: 1, column: 1 });
    await settle();
    expect(workers.recorded.calls.filter((call) => call === "encoder.encodePicture")).toHaveLength(
      towers,
    );
    expect(workers.recorded.queries).toHaveLength(2);
  });

  it("never ranks with vectors of another model: after a failed change the picture is read again", async () => {
    let isBroken = false;
    const workers = services({
      encoder: {
        encodePicture: () =>
          isBroken
            ? Promise.reject(
                new AppError({ code: "session-failed", stage: "trunk", why: "memory" }),
              )
            : Promise.resolve(encoded("p")),
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    isBroken = true;
    session.chooseModel(clip);
    await settle();
    expect(session.state().kind).toBe("failed");
    session.dismiss();
    session.chooseMethod("gradient");
    await settle();
    expect(workers.recorded.calls.at(-1)).toBe("encoder.encodePicture");
    isBroken = false;
    session.chooseRegion({ kind: "cell", row: 1, column: 1 });
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(workers.recorded.calls.filter((call) => call === "encoder.encodePicture")).toHaveLength(
      3,
    );
  });

  it("changes the model under a picture that still loads", async () => {
    const tower = deferred<ReturnType<typeof encoded>>();
    let passes = 0;
    const workers = services({
      encoder: {
        encodePicture: () => {
          passes += 1;
          return passes === 1 ? tower.promise : Promise.resolve(encoded("second"));
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.chooseModel(clip);
    tower.resolve(encoded("first"));
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(shownIn(session.state())?.encoded?.pictureId).toBe("second");
  });

  it("goes back to the base variant under a model without an adapter", async () => {
    const workers = services();
    const session = createSession({
      ...workers,
      encoder: {
        ...workers.encoder,
        open: async (signal, request, report) => {
          const info = await workers.encoder.open(signal, request, report);
          return request.pack.kind === "files" ? { ...info, hasAdapter: false } : info;
        },
      },
    });
    session.openPicture(picture("a"));
    await settle();
    session.chooseVariant("adapted");
    await settle();
    session.chooseModel(clip);
    await settle();
    expect(session.state().choices.variant).toBe("base");
    expect(workers.recorded.calls.at(-2)).toBe("search.search base");
  });
});

describe("a phrase under a model that lacks its part for texts", () => {
  /** A made pack whose text part comes with `addText`. */
  function startWithoutText() {
    let hasText = false;
    const made: string[] = [];
    const workers = services({
      choice: clip,
      encoder: {
        embedTexts: async () => {
          if (!hasText) throw new AppError({ code: "text-tower-missing" });
          const vector = new Float32Array([0, 0, 1, 0]);
          return { base: vector, adapted: vector, isCut: [false] };
        },
        addText: async (_signal, files) => {
          hasText = "manifest.json" in files;
        },
      },
      converter: {
        makeText: async (_signal, packId) => {
          made.push(packId);
          return {
            packId,
            name: "CLIP",
            variants: { base: "CLIP", adapted: null },
            fingerprint: "f1",
            bytes: 1,
            hasText: true,
            hasAdapter: false,
            storage: "kept",
          };
        },
      },
    });
    return { workers, made, session: createSession(workers) };
  }
  const phrase = { text: "a boat", mode: "alone" } as const;

  it("asks before it fetches anything, and then answers the phrase", async () => {
    const { session, made, workers } = startWithoutText();
    session.choosePhrase(phrase);
    await settle();
    expect(session.state().offer).toEqual({
      kind: "fetch-text",
      model: "Demo encoder",
      bytes: 130_000_000,
    });
    expect(made).toEqual([]);
    session.takeOffer();
    await settle();
    expect(made).toEqual(["clip-1"]);
    expect(session.state().offer).toBeNull();
    expect(session.state().kind).toBe("showing");
    expect(shownIn(session.state())?.results.phrase).toEqual(phrase);
    expect(workers.recorded.calls).toContain("encoder.addText");
  });

  it("fetches nothing when the person declines", async () => {
    const { session, made } = startWithoutText();
    session.choosePhrase(phrase);
    await settle();
    session.cancel();
    await settle();
    expect(session.state().offer).toBeNull();
    expect(session.state().kind).toBe("idle");
    expect(made).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import type { Session } from "../../../src/app/session/session.ts";
import { shownIn } from "../../../src/app/session/session-state.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { AdoptedModel, AdoptRequest, SearchRequest } from "../../../src/core/protocol.ts";
import { answer, DIM, editionInfo, picture, services, settle, untilAborted } from "./doubles.ts";

const SENTENCES = 40;
const texts = Array.from({ length: SENTENCES }, (_, row) => `Sentence ${row}.`);

/** Workers whose edition was made with another model, and what the search worker was given. */
function foreignEdition(embedTexts?: ReturnType<typeof services>["encoder"]["embedTexts"]) {
  const searched: SearchRequest[] = [];
  const kept: AdoptRequest[] = [];
  let rows = 0;
  const workers = services({
    ...(embedTexts && { encoder: { embedTexts } }),
    search: {
      open: async () => ({ ...editionInfo, fingerprint: "f2", sentences: SENTENCES }),
      sentences: async () => texts,
      adoptVectors: async (_signal, request) => {
        if (request.base.length > 0) kept.push(request);
        rows += request.base.length / DIM;
        return rows;
      },
      search: async (_signal, request) => {
        searched.push(request);
        return answer(1, 2);
      },
    },
  });
  return { workers, searched, kept };
}

function offerOf(session: Session) {
  return session.state().offer;
}

describe("sentences that were embedded by another model", () => {
  it("are offered to be embedded here, with what it costs, before anything is done", async () => {
    const { workers, searched } = foreignEdition();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    expect(offerOf(session)).toEqual({
      kind: "embed-sentences",
      model: "Demo encoder",
      edition: "Sample notes",
      sentences: SENTENCES,
      canUseDemo: false,
    });
    expect(searched).toEqual([]);
    expect(workers.recorded.calls).not.toContain("search.sentences");
  });

  it("are embedded in batches once the person agrees, kept, and searched for this model", async () => {
    const { workers, searched, kept } = foreignEdition();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.takeOffer();
    await settle();
    expect(kept.map(({ firstRow }) => firstRow)).toEqual([0, 16, 32]);
    expect(kept.map(({ base }) => base.length / DIM)).toEqual([16, 16, 8]);
    const model: AdoptedModel = { fingerprint: "f1", adapterFingerprint: "a", dim: DIM };
    expect(kept[0]).toMatchObject(model);
    expect(searched.map(({ adopted }) => adopted)).toEqual([model]);
    expect(shownIn(session.state())?.results.answer.found).toHaveLength(2);
  });

  it("are not asked about again, and not embedded again, by the next picture or phrase", async () => {
    const { workers, searched, kept } = foreignEdition();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.takeOffer();
    await settle();
    session.openPicture(picture("b"));
    await settle();
    session.choosePhrase({ text: "red", mode: "alone" });
    await settle();
    expect(offerOf(session)).toBeNull();
    expect(kept).toHaveLength(3);
    expect(searched.map(({ adopted }) => adopted?.fingerprint)).toEqual(["f1", "f1", "f1"]);
  });

  it("show how many are done, stop when cancelled, and go on from there at the next attempt", async () => {
    let batches = 0;
    const { workers, kept } = foreignEdition((signal, batch) => {
      batches += 1;
      if (batches === 2) return untilAborted(signal);
      const vectors = new Float32Array(batch.length * DIM).fill(0.5);
      return Promise.resolve({ base: vectors, adapted: vectors, isCut: batch.map(() => false) });
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.takeOffer();
    await settle();
    const state = session.state();
    expect(state.kind === "loading" && state.progress.sentences).toEqual({
      embedded: 16,
      total: SENTENCES,
    });
    session.cancel();
    await settle();
    expect(session.state().kind).toBe("idle");
    session.openPicture(picture("a"));
    await settle();
    session.takeOffer();
    await settle();
    expect(kept.map(({ firstRow }) => firstRow)).toEqual([0, 16, 32]);
    expect(session.state().kind).toBe("showing");
  });

  it("are left alone when the person declines", async () => {
    const { workers, kept } = foreignEdition();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.cancel();
    await settle();
    expect(session.state()).toMatchObject({ kind: "idle", offer: null });
    expect(kept).toEqual([]);
  });

  it("word a failure of the text model and are embedded when tried again", async () => {
    let isDown = true;
    const { workers, kept } = foreignEdition(async (_signal, batch) => {
      if (isDown) throw new AppError({ code: "network", url: "text.onnx" });
      const vectors = new Float32Array(batch.length * DIM).fill(0.5);
      return { base: vectors, adapted: vectors, isCut: batch.map(() => false) };
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.takeOffer();
    await settle();
    const failed = session.state();
    expect(failed.kind === "failed" && failed.error.code).toBe("network");
    isDown = false;
    session.retry();
    await settle();
    session.takeOffer();
    await settle();
    expect(kept).toHaveLength(3);
    expect(session.state().kind).toBe("showing");
  });
});

import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import { type Among, NO_FILTER } from "../../../src/core/facets/filter.ts";
import { toListRow } from "../../../src/core/own-texts/own-rows.ts";
import type { OwnSearchRequest } from "../../../src/core/own-texts/protocol.ts";
import type { SearchAnswer } from "../../../src/core/protocol.ts";
import { answer, crashed, DIM, deferred, picture, services, settle } from "./doubles.ts";

const OWN_ROW = toListRow(5);
/** One own sentence, between the first and the second of the edition's. */
const own: SearchAnswer = {
  ...answer(OWN_ROW),
  found: answer(OWN_ROW).found.map((found) => ({ ...found, score: 0.8 })),
  scanned: 7,
  total: 7,
};

async function show(
  among: Among,
  search: Partial<Parameters<typeof services>[0]> & {
    readonly own?: (request: OwnSearchRequest) => Promise<SearchAnswer>;
  } = {},
) {
  const asked: OwnSearchRequest[] = [];
  const doubles = services({
    ...search,
    texts: {
      search: (_signal, request) => {
        asked.push(request);
        return search.own?.(request) ?? Promise.resolve(own);
      },
      source: async (_signal, row) => {
        doubles.recorded.calls.push(`texts.source ${row}`);
        return null;
      },
    },
  });
  const session = createSession(doubles);
  session.chooseFilter({ ...NO_FILTER, among });
  session.openPicture(picture("one"));
  await settle();
  const rows = () => {
    const state = session.state();
    return state.kind === "showing"
      ? state.shown.results.answer.found.map(({ row }) => row)
      : state.kind;
  };
  const total = () => {
    const state = session.state();
    return state.kind === "showing" ? state.shown.results.answer.total : null;
  };
  return { session, doubles, asked, rows, total };
}

describe("a search among own texts", () => {
  it("ranks them with the edition's, counts both, and explains both", async () => {
    const { rows, total, asked, doubles } = await show("both");
    expect(rows()).toEqual([1, OWN_ROW, 2, 3]);
    expect(total()).toBe(607);
    expect(asked[0]).toMatchObject({ scale: "picture", variant: "base", count: 25 });
    expect(asked[0]?.model).toEqual({ fingerprint: "f1", adapterFingerprint: "a", dim: DIM });
    expect(doubles.recorded.calls).toContain("encoder.explain grad-eclip");
  });

  it("leaves the edition alone where only they are wanted", async () => {
    const { rows, total, doubles } = await show("own");
    expect(rows()).toEqual([OWN_ROW]);
    expect(total()).toBe(7);
    expect(doubles.recorded.calls.join()).not.toContain("search.search");
  });

  it("does not ask for them where only the edition is wanted", async () => {
    const { rows, asked } = await show("edition");
    expect(rows()).toEqual([1, 2, 3]);
    expect(asked).toEqual([]);
  });

  it("asks for nothing where there are none, whatever is chosen", async () => {
    const doubles = services();
    const session = createSession(doubles);
    session.chooseFilter({ ...NO_FILTER, among: "own" });
    session.openPicture(picture("one"));
    await settle();
    expect(doubles.recorded.calls).toContain("search.search base");
    expect(session.state().refused).toBeNull();
  });

  it("still gives the edition's where they cannot be searched, and says so", async () => {
    const failing = () => Promise.reject(new Error("gone"));
    const { rows, session } = await show("both", { own: failing });
    expect(rows()).toEqual([1, 2, 3]);
    expect(session.state().refused).toEqual({ code: "unexpected", why: "gone" });
  });

  it("shows the edition's waves without waiting for them, and both at the end", async () => {
    const waiting = deferred<SearchAnswer>();
    const { rows, asked } = await show("both", {
      own: () => waiting.promise,
      search: {
        search: async (_signal, _request, onAnswer) => {
          onAnswer(answer(1));
          return answer(1, 2);
        },
      },
    });
    expect(rows()).toEqual([1]);
    waiting.resolve(own);
    await settle();
    expect(rows()).toEqual([1, OWN_ROW, 2]);
    expect(asked).toHaveLength(1);
  });

  it("weighs a phrase beside them as the edition's sentences weigh it", async () => {
    const mixed = Float32Array.of(0.5, 0.5, 0.5, 0.5);
    const { session, asked } = await show("both", {
      search: {
        search: async (_signal, { scale = "picture", phrase }) => ({
          ...answer(1, 2),
          scale,
          ...(phrase && { query: mixed }),
        }),
      },
    });
    session.choosePhrase({ text: "red", mode: "add" });
    await settle();
    expect(asked).toHaveLength(2);
    expect(asked[1]).toMatchObject({ scale: "mixed", query: mixed });
    expect(asked[1]).not.toHaveProperty("phrase");
  });

  it("is made once more when they have changed, unless only the edition is searched", async () => {
    const both = await show("both");
    both.session.ownTextsChanged();
    await settle();
    expect(both.asked).toHaveLength(2);
    const edition = await show("edition");
    const { length } = edition.doubles.recorded.calls;
    edition.session.ownTextsChanged();
    await settle();
    expect(edition.doubles.recorded.calls).toHaveLength(length);
  });

  it("does not move a list that is read: it is made anew once that is left", async () => {
    const { session, asked } = await show("both");
    session.setReading(true);
    session.ownTextsChanged();
    await settle();
    expect(asked).toHaveLength(1);
    session.setReading(false);
    await settle();
    expect(asked).toHaveLength(2);
    session.setReading(true);
    session.setReading(false);
    await settle();
    expect(asked).toHaveLength(2);
  });

  it("goes back to everything where the last own text is gone, which nobody could choose by hand any more", async () => {
    let has = true;
    const doubles = services({ texts: { search: async () => own } });
    const session = createSession({ ...doubles, hasOwnTexts: () => has });
    session.chooseFilter({ ...NO_FILTER, among: "own" });
    session.openPicture(picture("one"));
    await settle();
    has = false;
    session.ownTextsChanged();
    await settle();
    expect(session.state().choices.filter.among).toBe("both");
    expect(doubles.recorded.calls).toContain("search.search base");
  });

  it("survives the end of their worker in the list that stands", async () => {
    const { rows } = await show("both", {
      own: () => Promise.reject(Object.assign(new Error("crashed"), { detail: crashed })),
    });
    expect(rows()).toEqual([1, 2, 3]);
  });

  it("reads around an own sentence where that is kept", async () => {
    const { session, doubles } = await show("both");
    await session.readSource(new AbortController().signal, OWN_ROW);
    await session.readSource(new AbortController().signal, 2);
    expect(doubles.recorded.calls.slice(-2)).toEqual([
      `texts.source ${OWN_ROW}`,
      "search.source 2",
    ]);
  });
});

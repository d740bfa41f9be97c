import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import { isSameView, regionIn } from "../../../src/app/session/same-view.ts";
import type { Session } from "../../../src/app/session/session.ts";
import {
  mappedView,
  type Region,
  type ShownPicture,
  shownPictureIn,
} from "../../../src/app/session/session-state.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { EncodedPicture, EncodedRegion, SearchAnswer } from "../../../src/core/protocol.ts";
import type { Framing } from "../../../src/core/view/view.ts";
import {
  answer,
  deferred,
  encoded,
  encodedRegion,
  mapValues,
  picture,
  services,
  settle,
  untilAborted,
} from "./doubles.ts";

const rect = { x: 90, y: 40, width: 60, height: 60 };
const rectangle: Region = { kind: "rect", rect };
const tiles: Framing = { kind: "tiles" };

function shownOn(session: Session): ShownPicture {
  const shown = shownPictureIn(session.state());
  if (shown === null) throw new Error("nothing is shown");
  return shown;
}

const rowsOf = (session: Session) => shownOn(session).results.answer.found.map(({ row }) => row);

/** A session that shows picture "a". */
async function opened(workers: ReturnType<typeof services>): Promise<Session> {
  const session = createSession(workers);
  session.openPicture(picture("a"));
  await settle();
  return session;
}

describe("another view of the same picture", () => {
  it("runs the tower once more, ranks again, and keeps picture, pin and model", async () => {
    const workers = services();
    const session = await opened(workers);
    session.pin(2);
    session.chooseVariant("adapted");
    await settle();
    session.chooseView({ framing: tiles });
    await settle();
    const { encoded: seen, results, picture: same } = shownOn(session);
    expect(seen.options).toEqual({ framing: tiles, fineness: 1 });
    expect(seen.view).toMatchObject({ rows: 7, columns: 11 });
    expect([same.name, session.state().pinned, results.variant]).toEqual(["a", 2, "adapted"]);
    expect(results.maps["grad-eclip"]).toBeDefined();
    session.chooseView({ fineness: 2 });
    await settle();
    expect(shownOn(session).encoded.options).toEqual({ framing: tiles, fineness: 2 });
    const passes = workers.recorded.calls.filter((call) => call === "encoder.encodePicture");
    expect(passes).toHaveLength(3);
  });

  it("keeps the list with its own frame until the new sentences are there", async () => {
    const slow = deferred<EncodedPicture>();
    let passes = 0;
    const workers = services({
      encoder: {
        encodePicture: (_signal, _blob, options) => {
          passes += 1;
          return passes === 1 ? Promise.resolve(encoded("p1", options)) : slow.promise;
        },
      },
    });
    const session = await opened(workers);
    session.chooseView({ framing: { kind: "whole" } });
    await settle();
    const before = session.state();
    expect(before.kind === "showing" && before.isSearching).toBe(true);
    expect(shownOn(session).encoded.pictureId).toBe("p1");
    slow.resolve(encoded("p2", { framing: { kind: "whole" }, fineness: 1 }));
    await settle();
    expect(shownOn(session).encoded.pictureId).toBe("p2");
    expect(session.state().kind === "showing" && rowsOf(session)).toEqual([1, 2, 3]);
  });

  it("moves a chosen cell to the cell that now lies over the same place", async () => {
    const workers = services();
    const session = await opened(workers);
    session.chooseRegion({ kind: "cell", row: 3, column: 3 });
    await settle();
    session.chooseView({ fineness: 2 });
    await settle();
    expect(shownOn(session).results.region).toEqual({ kind: "cell", row: 7, column: 7 });
    expect(session.state().choices.region).toEqual({ kind: "cell", row: 7, column: 7 });
    // Component 1 of a patch's vector is its number.
    expect(workers.recorded.queries.at(-1)?.[1]).toBe(7 * 14 + 7);
    session.chooseRegion({ kind: "cell", row: 0, column: 13 });
    await settle();
    session.chooseView({ framing: { kind: "slide", offset: 0 }, fineness: 1 });
    await settle();
    expect(shownOn(session).results.region).toEqual({ kind: "whole" });
  });

  it("takes the last of several choices, and drops the passes of the others", async () => {
    const passes: { framing: string; aborted: () => boolean }[] = [];
    const workers = services({
      encoder: {
        encodePicture: (signal, _blob, options) => {
          passes.push({ framing: options.framing.kind, aborted: () => signal.aborted });
          const isSlow = options.framing.kind === "tiles";
          return isSlow ? untilAborted(signal) : Promise.resolve(encoded("p", options));
        },
      },
    });
    const session = await opened(workers);
    session.chooseView({ framing: tiles });
    await settle();
    session.chooseView({ framing: { kind: "whole" } });
    await settle();
    expect(passes.map(({ framing, aborted }) => [framing, aborted()])).toEqual([
      // Done long before the next run began, which ended its signal.
      ["centre", true],
      ["tiles", true],
      ["whole", false],
    ]);
    expect(shownOn(session).encoded.options.framing.kind).toBe("whole");
  });

  it("chosen while the first picture loads, is taken once that picture stands", async () => {
    const first = deferred<SearchAnswer>();
    const workers = services({
      search: {
        search: () =>
          workers.recorded.queries.length === 1 ? first.promise : Promise.resolve(answer(7, 8)),
      },
    });
    const session = await opened(workers);
    session.chooseView({ framing: tiles });
    await settle();
    first.resolve(answer(1, 2));
    await settle();
    expect(shownOn(session).encoded.options.framing).toEqual(tiles);
    expect(rowsOf(session)).toEqual([7, 8]);
  });

  it("is given up by cancelling: choices and frame are those of the list again", async () => {
    const workers = services({
      encoder: {
        encodePicture: (signal, _blob, options) =>
          options.fineness === 2 ? untilAborted(signal) : Promise.resolve(encoded("p", options)),
      },
    });
    const session = await opened(workers);
    session.chooseView({ fineness: 2 });
    await settle();
    session.cancel();
    await settle();
    expect(session.state().choices.fineness).toBe(1);
    expect(session.state().kind === "showing" && rowsOf(session)).toEqual([1, 2, 3]);
  });

  it("that failed is tried again in the same view, or dismissed with the view of the list", async () => {
    let fails = 1;
    const workers = services({
      encoder: {
        encodePicture: async (_signal, _blob, options) => {
          if (options.fineness === 2 && fails-- > 0) throw new AppError({ code: "picture-empty" });
          return encoded("p", options);
        },
      },
    });
    const session = await opened(workers);
    session.chooseView({ fineness: 2 });
    await settle();
    expect(session.state().kind).toBe("failed");
    session.retry();
    await settle();
    expect(shownOn(session).encoded.options.fineness).toBe(2);
    fails = 1;
    session.chooseView({ fineness: 1 });
    await settle();
    session.chooseView({ fineness: 2 });
    await settle();
    session.dismiss();
    expect(session.state().choices.fineness).toBe(1);
  });

  it("is used by the pictures after it", async () => {
    const workers = services();
    const session = await opened(workers);
    session.chooseView({ framing: tiles });
    await settle();
    session.openPicture(picture("b"));
    await settle();
    expect(shownOn(session).encoded.options.framing).toEqual(tiles);
  });
});

describe("a marked rectangle", () => {
  it("is searched at once with the cells under it, then with its own pass, which also makes its maps", async () => {
    const cropping = deferred<EncodedRegion>();
    const explained: (string | null)[] = [];
    const workers = services({
      encoder: {
        encodeRegion: () => cropping.promise,
        explain: async (_signal, request) => {
          explained.push(request.regionId);
          return new Float32Array(3 * 49);
        },
      },
    });
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    expect(shownOn(session).results).toMatchObject({ region: rectangle, crop: null });
    expect(session.state().kind === "showing" && session.state()).toMatchObject({
      isSearching: true,
    });
    const own = encodedRegion("r1", rect);
    cropping.resolve(own);
    await settle();
    expect(shownOn(session).results.crop).toBe(own);
    expect(mappedView(shownOn(session))).toBe(own.view);
    expect(session.state()).toMatchObject({ isSearching: false });
    expect(explained).toEqual([null, "r1"]);
    expect(workers.recorded.queries.at(-1)?.[1]).toBe(100);
    expect(workers.recorded.calls.filter((call) => call === "encoder.encodePicture")).toHaveLength(
      1,
    );
  });

  it("never changes the order under a reader: what its own pass finds waits to be taken", async () => {
    const cropping = deferred<EncodedRegion>();
    const workers = services({
      encoder: { encodeRegion: () => cropping.promise },
      search: {
        search: (_signal, { query }) =>
          Promise.resolve(query[1] === 100 ? answer(9, 8, 7) : answer(1, 2, 3)),
      },
    });
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    session.setReading(true);
    cropping.resolve(encodedRegion("r1", rect));
    await settle();
    expect(rowsOf(session)).toEqual([1, 2, 3]);
    expect(shownOn(session).results.crop).toBeNull();
    session.takeUpdate();
    await settle();
    expect(rowsOf(session)).toEqual([9, 8, 7]);
    expect(shownOn(session).results.crop?.regionId).toBe("r1");
  });

  it("outside of what the model saw is answered by its own pass alone", async () => {
    const workers = services();
    const session = await opened(workers);
    session.chooseRegion({ kind: "rect", rect: { x: 0, y: 0, width: 30, height: 30 } });
    await settle();
    expect(workers.recorded.queries.map((query) => query[1])).toEqual([-1, 100]);
  });

  it("is embedded once: another model, and coming back to it, cost no pass", async () => {
    const workers = services();
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    session.chooseVariant("adapted");
    await settle();
    session.chooseRegion({ kind: "whole" });
    await settle();
    session.chooseRegion({ kind: "rect", rect: { ...rect } });
    await settle();
    const passes = workers.recorded.calls.filter((call) => call.startsWith("encoder.encode"));
    expect(passes).toEqual(["encoder.encodePicture", "encoder.encodeRegion"]);
    expect(workers.recorded.queries.at(-1)).toEqual(Float32Array.of(2, 100, 0, 0));
  });

  it("overtakes the search for its cells where that takes long", async () => {
    let pooled: AbortSignal | null = null;
    const workers = services({
      search: {
        search: (signal, { query }) => {
          if (query[1] === -1 || query[1] === 100) return Promise.resolve(answer(4, 5));
          pooled = signal;
          return untilAborted(signal);
        },
      },
    });
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    expect(pooled).toMatchObject({ aborted: true });
    expect(shownOn(session).results.crop?.regionId).toBe("region-1");
    expect(session.state()).toMatchObject({ kind: "showing", isSearching: false });
  });

  it("gives way to the next rectangle, whose answer alone is shown", async () => {
    const first = deferred<EncodedRegion>();
    const workers = services({
      encoder: {
        encodeRegion: (_signal, { rect: part }) =>
          part.x === rect.x ? first.promise : Promise.resolve(encodedRegion("second", part)),
      },
    });
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    session.chooseRegion({ kind: "rect", rect: { ...rect, x: 20 } });
    await settle();
    first.resolve(encodedRegion("first", rect));
    await settle();
    expect(shownOn(session).results.crop?.regionId).toBe("second");
  });

  it("stays where it is on the picture in another view, and is embedded anew there", async () => {
    const workers = services();
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    session.chooseView({ framing: tiles });
    await settle();
    expect(shownOn(session).results.region).toBe(rectangle);
    expect(workers.recorded.calls.filter((call) => call === "encoder.encodeRegion")).toHaveLength(
      2,
    );
  });

  it("words a failure of its pass, and keeps the sentences found by its cells", async () => {
    const workers = services({
      encoder: {
        encodeRegion: () =>
          Promise.reject(new AppError({ code: "session-failed", stage: "trunk", why: "memory" })),
      },
    });
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    expect(session.state()).toMatchObject({ kind: "failed", error: { code: "session-failed" } });
    expect(rowsOf(session)).toEqual([1, 2, 3]);
  });

  it("is read again by an encoder that has forgotten it, before its maps are made", async () => {
    let known = "picture-1";
    const asked: string[] = [];
    const workers = services({
      encoder: {
        explain: async (_signal, { pictureId, regionId, texts }) => {
          asked.push(`${pictureId} ${regionId}`);
          if (pictureId !== known) throw new AppError({ code: "picture-unknown", pictureId });
          return new Float32Array((texts.length / 4) * 49);
        },
      },
    });
    const session = await opened(workers);
    session.chooseRegion(rectangle);
    await settle();
    known = "picture-2";
    session.chooseMethod("gradient");
    await settle();
    expect(asked.slice(-2)).toEqual(["picture-1 region-1", "picture-2 region-2"]);
    session.chooseMethod("value-path");
    await settle();
    expect(asked.at(-1)).toBe("picture-2 region-2");
    expect(mapValues(shownOn(session).results.maps["value-path"])).toBe(3 * 49);
  });
});

describe("isSameView", () => {
  it("compares framing, place of the square, and fineness", () => {
    const slide = (offset: number) =>
      ({ framing: { kind: "slide", offset }, fineness: 1 }) as const;
    expect(isSameView(slide(0.2), slide(0.2))).toBe(true);
    expect(isSameView(slide(0.2), slide(0.3))).toBe(false);
    expect(isSameView(slide(0.2), { ...slide(0.2), fineness: 2 })).toBe(false);
    expect(isSameView(slide(0.2), { framing: tiles, fineness: 1 })).toBe(false);
  });
});

describe("regionIn", () => {
  it("leaves the whole and rectangles as they are", () => {
    const { view } = encoded("p");
    expect(regionIn(rectangle, view, view)).toBe(rectangle);
    expect(regionIn({ kind: "whole" }, view, view)).toEqual({ kind: "whole" });
  });
});

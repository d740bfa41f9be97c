import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import type { Session } from "../../../src/app/session/session.ts";
import { shownIn } from "../../../src/app/session/session-state.ts";
import { AppError } from "../../../src/core/errors.ts";
import { NO_FILTER } from "../../../src/core/facets/filter.ts";
import type { SearchAnswer } from "../../../src/core/protocol.ts";
import {
  answer,
  crashed,
  DIM,
  deferred,
  editionInfo,
  encoded,
  GRID,
  mapValues,
  picture,
  services,
  settle,
  untilAborted,
} from "./doubles.ts";

function rowsShown(session: Session): number[] {
  return shownIn(session.state())?.results.answer.found.map((found) => found.row) ?? [];
}

describe("createSession", () => {
  it("opens model and edition together, shows the sentences, then has the maps of all of them", async () => {
    const workers = services();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(rowsShown(session)).toEqual([1, 2, 3]);
    expect(workers.recorded.calls).toEqual([
      "search.open",
      "encoder.open",
      "encoder.encodePicture",
      "search.search base",
      "encoder.explain grad-eclip",
    ]);
    expect(mapValues(shownIn(session.state())?.results.maps["grad-eclip"])).toBe(3 * GRID * GRID);
  });

  it("drops a wave that arrives after the answer, whose port is another", async () => {
    let late: (wave: SearchAnswer) => void = () => undefined;
    const session = createSession(
      services({
        search: {
          search: async (_signal, _request, onAnswer) => {
            late = onAnswer;
            return answer(1, 2, 3);
          },
        },
      }),
    );
    session.openPicture(picture("a"));
    await settle();
    late(answer(9));
    const state = session.state();
    expect(rowsShown(session)).toEqual([1, 2, 3]);
    expect(state.kind === "showing" && state.isSearching).toBe(false);
  });

  it("searches the works that a filter lets through, from the vectors it has, and goes back on Cancel", async () => {
    const workers = services();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    const filter = {
      ...NO_FILTER,
      topics: { wanted: ["T2"], mode: "any" as const, unwanted: [] },
    };
    session.chooseFilter(filter);
    await settle();
    expect(workers.recorded.masks.map((mask) => (mask === null ? null : [...mask]))).toEqual([
      null,
      [0, 1],
    ]);
    expect(shownIn(session.state())?.results.filter).toBe(filter);
    const passes = workers.recorded.calls.filter((call) => call === "encoder.encodePicture");
    expect(passes).toHaveLength(1);
    session.chooseFilter(NO_FILTER);
    session.cancel();
    await settle();
    expect(session.state().choices.filter).toBe(filter);
  });

  it("ranks a cell and another model from the vectors it has, without the tower", async () => {
    const workers = services();
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.chooseRegion({ kind: "cell", row: 2, column: 3 });
    await settle();
    session.chooseVariant("adapted");
    await settle();
    const passes = workers.recorded.calls.filter((call) => call === "encoder.encodePicture");
    expect(passes).toHaveLength(1);
    expect(workers.recorded.queries.map((query) => [query[0], query[1]])).toEqual([
      [1, -1],
      [1, 2 * GRID + 3],
      [2, 2 * GRID + 3],
    ]);
  });

  it("ranks a cell that was chosen while the picture loaded, once the first answer stands", async () => {
    const first = deferred<SearchAnswer>();
    const workers = services({
      search: {
        search: () =>
          workers.recorded.queries.length === 1 ? first.promise : Promise.resolve(answer(7, 8)),
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.chooseRegion({ kind: "cell", row: 2, column: 3 });
    await settle();
    first.resolve(answer(1, 2));
    await settle();
    expect(workers.recorded.queries.map((query) => query[1])).toEqual([-1, 2 * GRID + 3]);
    expect(shownIn(session.state())?.results.region).toEqual({ kind: "cell", row: 2, column: 3 });
    expect(rowsShown(session)).toEqual([7, 8]);
    expect(mapValues(shownIn(session.state())?.results.maps["grad-eclip"])).toBe(2 * GRID * GRID);
  });

  it("keeps its own vectors when a worker takes the query's memory away", async () => {
    const workers = services({
      search: {
        search: async (_signal, request) => {
          structuredClone(request.query, { transfer: [request.query.buffer] });
          return answer(1);
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.chooseVariant("adapted");
    await settle();
    expect(workers.recorded.queries).toHaveLength(2);
    expect(shownIn(session.state())?.encoded?.whole.adapted).toHaveLength(DIM);
    expect(session.state().kind).toBe("showing");
  });

  it("aborts a run when the next picture comes, and drops its late answer", async () => {
    const first = deferred<SearchAnswer>();
    let searches = 0;
    const workers = services({
      search: {
        search: () => {
          searches += 1;
          return searches === 1 ? first.promise : Promise.resolve(answer(20, 21));
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("slow"));
    await settle();
    session.openPicture(picture("fast"));
    await settle();
    first.resolve(answer(10, 11));
    await settle();
    expect(rowsShown(session)).toEqual([20, 21]);
    expect(shownIn(session.state())?.picture?.name).toBe("fast");
    const towers = workers.recorded.calls.flatMap((call, index) =>
      call === "encoder.encodePicture" ? [workers.recorded.signals[index]?.aborted] : [],
    );
    expect(towers).toEqual([true, false]);
  });

  it("goes back to the picture before when loading is cancelled, and to the start where there was none", async () => {
    let isSlow = true;
    const workers = services({
      encoder: {
        encodePicture: (signal) => (isSlow ? untilAborted(signal) : Promise.resolve(encoded("p"))),
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.cancel();
    await settle();
    expect(session.state().kind).toBe("idle");
    isSlow = false;
    session.openPicture(picture("b"));
    await settle();
    isSlow = true;
    session.openPicture(picture("c"));
    await settle();
    expect(session.state().kind).toBe("loading");
    session.cancel();
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(shownIn(session.state())?.picture?.name).toBe("b");
  });

  it("computes the maps of the shown sentences after the next picture is cancelled", async () => {
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
    session.openPicture(picture("b"));
    session.chooseMethod("gradient");
    session.cancel();
    await settle();
    session.chooseMethod("value-path");
    await settle();
    const maps = shownIn(session.state())?.results.maps;
    expect(mapValues(maps?.gradient)).toBe(3 * GRID * GRID);
    expect(mapValues(maps?.["value-path"])).toBe(3 * GRID * GRID);
  });

  it("words a picture that cannot be read, keeps the results, and reads the next one", async () => {
    let isBroken = false;
    const workers = services({
      encoder: {
        encodePicture: async () => {
          if (isBroken) throw new AppError({ code: "picture-unreadable", mediaType: "image/png" });
          return encoded("p");
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("good"));
    await settle();
    isBroken = true;
    session.openPicture(picture("broken"));
    await settle();
    const failed = session.state();
    expect(failed.kind === "failed" && failed.error.code).toBe("picture-unreadable");
    expect(shownIn(failed)?.picture?.name).toBe("good");
    expect(rowsShown(session)).toEqual([1, 2, 3]);
    isBroken = false;
    session.openPicture(picture("next"));
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(shownIn(session.state())?.picture?.name).toBe("next");
  });

  it("opens the model again after its worker died, when the person tries again", async () => {
    let isDead = true;
    const workers = services({
      encoder: {
        encodePicture: async () => {
          if (isDead) throw new AppError(crashed);
          return encoded("p");
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    expect(session.state().kind).toBe("failed");
    isDead = false;
    session.retry();
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(workers.recorded.calls.filter((call) => call === "encoder.open")).toHaveLength(2);
    expect(workers.recorded.calls.filter((call) => call === "search.open")).toHaveLength(1);
  });

  it("does not keep a failed opening: a second attempt downloads again", async () => {
    let attempts = 0;
    const workers = services({
      search: {
        open: async () => {
          attempts += 1;
          if (attempts === 1) throw new AppError({ code: "http-status", url: "x", status: 500 });
          return editionInfo;
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    expect(session.state().kind).toBe("failed");
    session.retry();
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(attempts).toBe(2);
  });

  it("refuses to compare a picture with many sentences of another model", async () => {
    const workers = services({
      search: { open: async () => ({ ...editionInfo, fingerprint: "f2", sentences: 5001 }) },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    const state = session.state();
    expect(state.kind === "failed" && state.error.code).toBe("model-mismatch");
    expect(workers.recorded.queries).toHaveLength(0);
  });

  it("lets the encoder read the shown picture again when it no longer holds it", async () => {
    let known = "picture-1";
    const explained: string[] = [];
    const workers = services({
      encoder: {
        explain: async (_signal, request) => {
          explained.push(request.pictureId);
          if (request.pictureId !== known) {
            throw new AppError({ code: "picture-unknown", pictureId: request.pictureId });
          }
          return new Float32Array((request.texts.length / DIM) * GRID * GRID);
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    known = "picture-2";
    session.chooseMethod("value-path");
    await settle();
    const shown = shownIn(session.state());
    expect(explained).toEqual(["picture-1", "picture-1", "picture-2"]);
    expect(mapValues(shown?.results.maps["value-path"])).toBe(3 * GRID * GRID);
  });

  it("holds a later wave back while somebody reads, and shows it when asked", async () => {
    const last = deferred<SearchAnswer>();
    const workers = services({
      search: {
        search: (_signal, _request, onAnswer) => {
          onAnswer(answer(1, 2, 3));
          return last.promise;
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.setReading(true);
    last.resolve(answer(4, 1, 2));
    await settle();
    expect(rowsShown(session)).toEqual([1, 2, 3]);
    session.takeUpdate();
    await settle();
    expect(rowsShown(session)).toEqual([4, 1, 2]);
    expect(mapValues(shownIn(session.state())?.results.maps["grad-eclip"])).toBe(3 * GRID * GRID);
  });

  it("opens everything ahead without a word, also when that fails", async () => {
    const workers = services({
      encoder: { open: () => Promise.reject(new AppError({ code: "network", url: "x" })) },
    });
    const session = createSession(workers);
    session.warmUp();
    await settle();
    expect(session.state().kind).toBe("idle");
    expect(session.edition()?.name).toBe("Sample notes");
    expect(session.encoder()).toBeNull();
  });

  it("goes on with the picture that loads when a text is dropped meanwhile", async () => {
    const tower = deferred<ReturnType<typeof encoded>>();
    const session = createSession(services({ encoder: { encodePicture: () => tower.promise } }));
    session.openPicture(picture("a"));
    await settle();
    session.refuse({ code: "picture-missing", from: "drop" });
    expect(session.state().refused?.code).toBe("picture-missing");
    tower.resolve(encoded("p"));
    await settle();
    expect(session.state().kind).toBe("showing");
    expect(session.state().refused?.code).toBe("picture-missing");
    session.dismissRefusal();
    expect(session.state().refused).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { reduce } from "../../../src/app/session/reduce.ts";
import {
  countBetter,
  initialState,
  type SessionEvent,
  type SessionState,
  shownIn,
} from "../../../src/app/session/session-state.ts";
import { NO_FILTER } from "../../../src/core/facets/filter.ts";
import { FIRST_LISTING } from "../../../src/core/results/listing.ts";
import { CENTRE_VIEW } from "../../../src/core/view/view.ts";
import { answer, asked, encoded, picture } from "./doubles.ts";

function stateAfter(...events: SessionEvent[]): SessionState {
  return events.reduce(reduce, initialState());
}

const opened: SessionEvent[] = [
  { type: "picture-chosen", run: 1, picture: picture("a") },
  { type: "encoded", run: 1, encoded: encoded("p1") },
];

describe("reduce", () => {
  it("ignores progress, answers and failures of an older run", () => {
    const before = stateAfter(...opened, { type: "picture-chosen", run: 2, picture: picture("b") });
    for (const event of [
      { type: "progressed", run: 1, progress: { phase: "step", step: "route" } },
      { type: "encoded", run: 1, encoded: encoded("p1") },
      { type: "answered", run: 1, asked, answer: answer(1), isLast: true },
      { type: "failed", run: 1, error: { code: "picture-empty" } },
    ] satisfies SessionEvent[]) {
      expect(reduce(before, event)).toBe(before);
    }
  });

  it("takes a later wave at once while nobody reads", () => {
    const state = stateAfter(
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1, 2), isLast: false },
      { type: "answered", run: 1, asked, answer: answer(3, 1), isLast: true },
    );
    expect(shownIn(state)?.results.answer.found.map((found) => found.row)).toEqual([3, 1]);
    expect(state.kind === "showing" && state.isSearching).toBe(false);
  });

  it("counts the sentences of a waiting answer that are not on the page", () => {
    const state = stateAfter(
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1, 2, 3), isLast: false },
      { type: "reading", isReading: true },
      { type: "answered", run: 1, asked, answer: answer(9, 8, 1), isLast: true },
    );
    const results = shownIn(state)?.results;
    expect(results && countBetter(results)).toBe(2);
    expect(results?.answer.found.map((found) => found.row)).toEqual([1, 2, 3]);
  });

  it("replaces the list for a new region even while somebody reads, because they asked for it", () => {
    const state = stateAfter(
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1, 2), isLast: true },
      { type: "reading", isReading: true },
      { type: "choices-changed", choices: { region: { kind: "cell", row: 0, column: 1 } } },
      { type: "ranking-started", run: 2 },
      {
        type: "answered",
        run: 2,
        asked: { ...asked, region: { kind: "cell", row: 0, column: 1 } },
        answer: answer(5, 6),
        isLast: true,
      },
    );
    const results = shownIn(state)?.results;
    expect(results?.answer.found.map((found) => found.row)).toEqual([5, 6]);
    expect(results?.region).toEqual({ kind: "cell", row: 0, column: 1 });
  });

  it("keeps the pinned sentence only while the list holds it", () => {
    const base: SessionEvent[] = [
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1, 2), isLast: true },
      { type: "pinned", row: 2 },
      { type: "ranking-started", run: 2 },
    ];
    const kept = stateAfter(...base, {
      type: "answered",
      run: 2,
      asked,
      answer: answer(2, 7),
      isLast: true,
    });
    const lost = stateAfter(...base, {
      type: "answered",
      run: 2,
      asked,
      answer: answer(7, 8),
      isLast: true,
    });
    expect(kept.pinned).toBe(2);
    expect(lost.pinned).toBeNull();
  });

  it("unpins a sentence that a later wave, or the update that was taken, does not hold", () => {
    const pinned: SessionEvent[] = [
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1, 2), isLast: false },
      { type: "pinned", row: 2 },
    ];
    const later = { type: "answered", run: 1, asked, answer: answer(7, 1), isLast: true } as const;
    expect(stateAfter(...pinned, later).pinned).toBeNull();
    const reading = stateAfter(...pinned, { type: "reading", isReading: true }, later);
    expect(reading.pinned).toBe(2);
    expect(reduce(reading, { type: "update-taken" }).pinned).toBeNull();
  });

  it("starts every picture with the whole of it, and keeps model and method", () => {
    const state = stateAfter(
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1), isLast: true },
      {
        type: "choices-changed",
        choices: {
          region: { kind: "cell", row: 1, column: 1 },
          variant: "base",
          method: "gradient",
        },
      },
      { type: "picture-chosen", run: 2, picture: picture("b") },
    );
    expect(state.choices).toEqual({
      ...CENTRE_VIEW,
      region: { kind: "whole" },
      variant: "base",
      method: "gradient",
      phrase: null,
      filter: NO_FILTER,
      listing: FIRST_LISTING,
      share: null,
    });
  });

  it("returns to the region and model of the shown results when re-ranking is cancelled", () => {
    const state = stateAfter(
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1), isLast: true },
      { type: "choices-changed", choices: { region: { kind: "cell", row: 1, column: 1 } } },
      { type: "ranking-started", run: 2 },
      { type: "cancelled" },
    );
    expect(state.choices.region).toEqual({ kind: "whole" });
    expect(state.kind === "showing" && state.isSearching).toBe(false);
  });

  it("returns to the region of the shown results when the next picture fails", () => {
    const cell = { kind: "cell", row: 1, column: 1 } as const;
    const state = stateAfter(
      ...opened,
      { type: "choices-changed", choices: { region: cell } },
      {
        type: "answered",
        run: 1,
        asked: { ...asked, region: cell },
        answer: answer(1),
        isLast: true,
      },
      { type: "picture-chosen", run: 2, picture: picture("b") },
      { type: "failed", run: 2, error: { code: "picture-empty" } },
    );
    expect(state.choices.region).toEqual(cell);
    expect(shownIn(state)?.results.region).toEqual(cell);
  });

  it("labels an answer with what was asked, whatever was chosen since", () => {
    const state = stateAfter(
      ...opened,
      { type: "choices-changed", choices: { region: { kind: "cell", row: 3, column: 3 } } },
      { type: "answered", run: 1, asked, answer: answer(1), isLast: true },
    );
    expect(shownIn(state)?.results.region).toEqual({ kind: "whole" });
    expect(state.choices.region).toEqual({ kind: "cell", row: 3, column: 3 });
  });

  it("drops maps of another part or picture, and keeps those of sentences that are listed again", () => {
    const maps = { ofRows: new Map([[1, new Float32Array(49)]]), ofPhrase: new Float32Array(49) };
    const { crop, variant, phrase } = asked;
    const explained = { type: "explained", method: "grad-eclip", maps } as const;
    const shown = stateAfter(
      ...opened,
      { type: "answered", run: 1, asked, answer: answer(1, 2), isLast: true },
      { ...explained, basis: { encoded: encoded("other"), crop, variant, phrase } },
    );
    expect(shownIn(shown)?.results.maps).toEqual({});
    const read = shownIn(shown)?.encoded ?? null;
    const again = { ...asked, encoded: read };
    const mapped = reduce(shown, { ...explained, basis: { encoded: read, crop, variant, phrase } });
    expect(shownIn(mapped)?.results.maps).toEqual({ "grad-eclip": maps });
    const longer = reduce(reduce(mapped, { type: "ranking-started", run: 2 }), {
      type: "answered",
      run: 2,
      asked: { ...again, phrase: { text: "red", mode: "add" } },
      answer: answer(3, 1),
      isLast: true,
    });
    expect(shownIn(longer)?.results.maps["grad-eclip"]?.ofRows).toEqual(maps.ofRows);
    expect(shownIn(longer)?.results.maps["grad-eclip"]?.ofPhrase).toBeNull();
    const other = reduce(reduce(mapped, { type: "ranking-started", run: 2 }), {
      type: "answered",
      run: 2,
      asked: { ...again, variant: "adapted" },
      answer: answer(3, 1),
      isLast: true,
    });
    expect(shownIn(other)?.results.maps).toEqual({});
  });

  it("keeps the picture that loads when something else is refused, until that is dismissed or the next picture comes", () => {
    const refused = stateAfter(...opened, {
      type: "refused",
      error: { code: "picture-missing", from: "drop" },
    });
    expect(refused).toMatchObject({
      kind: "loading",
      run: 1,
      refused: { code: "picture-missing" },
    });
    expect(reduce(refused, { type: "refusal-dismissed" }).refused).toBeNull();
    expect(
      reduce(refused, { type: "picture-chosen", run: 2, picture: picture("b") }).refused,
    ).toBeNull();
  });

  it("ends an offer with the run that made it", () => {
    const offer = { kind: "fetch-text", model: "CLIP", bytes: null } as const;
    const offered = stateAfter(...opened, { type: "offered", run: 1, offer });
    expect(offered.offer).toEqual(offer);
    expect(reduce(offered, { type: "offered", run: 0, offer }).offer).toEqual(offer);
    for (const event of [
      { type: "picture-chosen", run: 2, picture: picture("b") },
      { type: "cancelled" },
      { type: "failed", run: 1, error: { code: "picture-empty" } },
      { type: "offer-taken" },
    ] satisfies SessionEvent[]) {
      expect(reduce(offered, event).offer).toBeNull();
    }
  });

  it("remembers the run that was cancelled while it was under way, and no other", () => {
    const cancelled = stateAfter(...opened, { type: "cancelled" });
    expect(cancelled.cancelledRun).toBe(1);
    const failed = stateAfter(
      ...opened,
      { type: "failed", run: 1, error: { code: "picture-empty" } },
      { type: "cancelled" },
    );
    expect(failed.cancelledRun).toBeNull();
  });
});

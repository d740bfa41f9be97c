import { describe, expect, it } from "vitest";
import { reduce } from "../../../src/app/session/reduce.ts";
import { initialState, type SessionEvent } from "../../../src/app/session/session-state.ts";
import { announcement } from "../../../src/app/shell/announcement.ts";
import { answer, asked, encoded, picture } from "../session/doubles.ts";

const said = (...events: SessionEvent[]) => announcement(events.reduce(reduce, initialState()));
const chosen: SessionEvent = { type: "picture-chosen", run: 1, picture: picture("Boat") };
const loaded = (bytes: number): SessionEvent => ({
  type: "progressed",
  run: 1,
  progress: { phase: "download", item: "model", loaded: bytes, total: 1000 },
});

describe("announcement", () => {
  it("speaks of downloads by quarters only", () => {
    expect(said(chosen, loaded(10))).toBe("Download 0 percent");
    expect(said(chosen, loaded(499))).toBe("Download 25 percent");
    expect(said(chosen, loaded(500))).toBe("Download 50 percent");
    expect(said(chosen, loaded(1000))).toBe("Reading Boat");
  });

  it("gives the count, the region and the first sentence once the search is over", () => {
    const encodedEvent: SessionEvent = { type: "encoded", run: 1, encoded: encoded("p") };
    const answered = (isLast: boolean): SessionEvent => ({
      type: "answered",
      run: 1,
      asked,
      answer: answer(7, 8),
      isLast,
    });
    expect(said(chosen, encodedEvent, answered(false))).toBe("");
    expect(said(chosen, encodedEvent, answered(true))).toBe(
      "2 sentences closest to the whole picture. First: Sentence 7.",
    );
  });

  it("leaves failures to their own alert", () => {
    expect(said(chosen, { type: "failed", run: 1, error: { code: "picture-empty" } })).toBe("");
  });
});

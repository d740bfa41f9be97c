import { describe, expect, it } from "vitest";
import { reduce } from "../../../src/app/session/reduce.ts";
import { initialState, type SessionEvent } from "../../../src/app/session/session-state.ts";
import { announcement } from "../../../src/app/shell/announcement.ts";
import { answer, asked, encoded, encoderInfo, picture } from "../session/doubles.ts";

const after = (...events: SessionEvent[]) => events.reduce(reduce, initialState());
const said = (...events: SessionEvent[]) => announcement(after(...events), null);
const chosen: SessionEvent = { type: "picture-chosen", run: 1, picture: picture("Boat") };
const loaded = (bytes: number): SessionEvent => ({
  type: "progressed",
  run: 1,
  progress: { phase: "download", item: "model", loaded: bytes, total: 1000 },
});

const encodedEvent: SessionEvent = { type: "encoded", run: 1, encoded: encoded("p") };
const answered = (isLast: boolean): SessionEvent => ({
  type: "answered",
  run: 1,
  asked,
  answer: answer(7, 8),
  isLast,
});

describe("announcement", () => {
  it("speaks of downloads by quarters only", () => {
    expect(said(chosen, loaded(10))).toBe("Download 0 percent");
    expect(said(chosen, loaded(499))).toBe("Download 25 percent");
    expect(said(chosen, loaded(500))).toBe("Download 50 percent");
    expect(said(chosen, loaded(1000))).toBe("Reading Boat");
  });

  it("speaks of what a phrase waits for, with a picture on the page and without", () => {
    const started: SessionEvent = { type: "ranking-started", run: 2 };
    const embedded = (count: number): SessionEvent => ({
      type: "progressed",
      run: 2,
      progress: { phase: "embed", embedded: count, total: 600 },
    });
    const text: SessionEvent = {
      type: "progressed",
      run: 2,
      progress: { phase: "download", item: "text-tower", loaded: 300, total: 1000 },
    };
    for (const before of [[], [chosen, encodedEvent, answered(true)]]) {
      expect(said(...before, started, text)).toBe("Download 25 percent");
      expect(said(...before, started, embedded(310))).toBe("Embedding the sentences, 50 percent");
    }
    expect(said(started, embedded(600))).toBe("Reading your words");
  });

  it("gives the count, the region and the first sentence once the search is over", () => {
    expect(said(chosen, encodedEvent, answered(false))).toBe("");
    expect(said(chosen, encodedEvent, answered(true))).toBe(
      "2 sentences closest to the whole picture. First: Sentence 7.",
    );
  });

  it("says that nothing was found, and one sentence as one", () => {
    const found = (...rows: number[]): SessionEvent => ({
      type: "answered",
      run: 1,
      asked,
      answer: answer(...rows),
      isLast: true,
    });
    expect(said(chosen, encodedEvent, found())).toBe("No sentence was found");
    expect(said(chosen, encodedEvent, found(7))).toMatch(/^1 sentence closest/);
  });

  it("leaves failures to their own alert", () => {
    expect(said(chosen, { type: "failed", run: 1, error: { code: "picture-empty" } })).toBe("");
  });

  it("names the model where there is another one to tell it from", () => {
    const state = after(chosen, encodedEvent, answered(true));
    expect(announcement(state, encoderInfo)).toContain("whole picture, by Base. First");
    const single = { ...encoderInfo, variants: { base: "Base", adapted: null } };
    expect(announcement(state, single)).toContain("whole picture. First");
  });

  it("says that a run was cancelled, whatever stood on the page before", () => {
    expect(said(chosen, { type: "cancelled" })).toBe("Cancelled");
    const next: SessionEvent = { type: "picture-chosen", run: 2, picture: picture("Tree") };
    const shown = [chosen, encodedEvent, answered(true)];
    expect(said(...shown, next, { type: "cancelled" })).toBe("Cancelled");
    expect(said(...shown, { type: "cancelled" })).toMatch(/^2 sentences/);
  });

  it("says what is asked before a run goes on", () => {
    const offer = { kind: "fetch-text", model: "CLIP", bytes: null } as const;
    expect(said(chosen, { type: "offered", run: 1, offer })).toBe("CLIP cannot read words yet");
  });
});

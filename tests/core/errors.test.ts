import { describe, expect, it } from "vitest";
import {
  AppError,
  abortError,
  fromWire,
  isAbort,
  isAppError,
  toWire,
} from "../../src/core/errors.ts";

describe("errors that cross a worker boundary", () => {
  it("keeps the code and the fields of an AppError through structured cloning", () => {
    const error = new AppError({ code: "http-status", url: "/x", status: 503 });
    const back = fromWire(structuredClone(toWire(error)));
    expect(isAppError(back, "http-status") && back.detail.status).toBe(503);
  });

  it("keeps a cancellation a cancellation", () => {
    const back = fromWire(structuredClone(toWire(abortError())));
    expect(isAbort(back)).toBe(true);
    expect(isAppError(back)).toBe(false);
  });

  it("turns anything foreign into an unexpected error that still says what happened", () => {
    const back = fromWire(toWire(new RangeError("offset 9 of 4")));
    expect(isAppError(back, "unexpected") && back.detail.why).toBe("offset 9 of 4");
    const thrownText = fromWire(toWire("plain text"));
    expect(isAppError(thrownText, "unexpected") && thrownText.detail.why).toBe("plain text");
  });

  it("does not take one code for another", () => {
    const error = new AppError({ code: "picture-empty" });
    expect(isAppError(error, "hash-mismatch")).toBe(false);
    expect(isAppError(new Error("picture-empty"))).toBe(false);
  });

  it("recognises the DOM's own cancellation", () => {
    expect(isAbort(new DOMException("stopped", "AbortError"))).toBe(true);
    expect(isAbort(undefined)).toBe(false);
  });
});

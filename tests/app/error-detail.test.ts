import { describe, expect, it } from "vitest";
import { errorDetail } from "../../src/app/error-detail.ts";
import { AppError } from "../../src/core/errors.ts";

describe("errorDetail", () => {
  it("gives the detail of our own errors", () => {
    expect(errorDetail(new AppError({ code: "picture-empty" }))).toEqual({ code: "picture-empty" });
  });

  it("gives the words of foreign ones", () => {
    expect(errorDetail(new Error("a bug"))).toEqual({ code: "unexpected", why: "a bug" });
    expect(errorDetail("odd")).toEqual({ code: "unexpected", why: "odd" });
  });

  it.each([
    "Failed to fetch dynamically imported module: https://site.test/assets/ModelDialog-1.js",
    "error loading dynamically imported module: https://site.test/assets/jspi-1.js",
    "Importing a module script failed.",
    "Unable to preload CSS for https://site.test/assets/ModelDialog-1.css",
  ])("knows a part of the site that is gone: %s", (message) => {
    expect(errorDetail(new TypeError(message))).toEqual({ code: "script-missing" });
    const fromWorker = new AppError({ code: "unexpected", why: message });
    expect(errorDetail(fromWorker)).toEqual({ code: "script-missing" });
  });
});

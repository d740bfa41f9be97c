import { describe, expect, it } from "vitest";
import { editionAddress } from "../../src/config/edition-address.ts";

const settings = (url?: string, origins?: string) => editionAddress({ url, origins });

describe("editionAddress", () => {
  it("is the sample, from this site alone, where nothing is said", () => {
    const sample = { url: "edition/sample/", origins: [] };
    expect(settings()).toEqual(sample);
    expect(settings(" ", "")).toEqual(sample);
    expect(settings("edition/full")).toEqual({ url: "edition/full/", origins: [] });
  });

  it("allows the host of an edition elsewhere, and those that it redirects to", () => {
    expect(settings("https://hub.test/owner/edition/resolve/main")).toEqual({
      url: "https://hub.test/owner/edition/resolve/main/",
      origins: ["https://hub.test"],
    });
    expect(
      settings("https://hub.test/e/", " https://*.store.test  http://localhost:8080 "),
    ).toEqual({
      url: "https://hub.test/e/",
      origins: ["https://hub.test", "https://*.store.test", "http://localhost:8080"],
    });
  });

  it.each([
    ["javascript:alert(1)", ""],
    ["data:text/plain,x", ""],
    ["https://hub.test/e/?a=1", ""],
    ["", "*"],
    ["", "https://hub.test/path"],
    ["", "https://hub.test; script-src *"],
    ["", "'unsafe-inline'"],
  ])("refuses %s with %s, before a site is built with it", (url, origins) => {
    expect(() => settings(url, origins)).toThrow(TypeError);
  });
});

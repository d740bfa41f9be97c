import { describe, expect, it } from "vitest";
import { isNothingClose } from "../../../src/core/results/nothing-close.ts";

const edition = {
  reach: [
    { kind: "images", variant: "base", score: 0.21 },
    { kind: "images", variant: "adapted", score: 0.4 },
    { kind: "patches", variant: "base", score: 0.18 },
    { kind: "texts", variant: "base", score: 0.6 },
  ] as const,
};
const picture = {
  scale: "picture",
  variant: "base",
  isPart: false,
  best: 0.2,
  isFiltered: false,
} as const;

describe("isNothingClose", () => {
  it("holds a query to what others of its kind and variant reach", () => {
    expect(isNothingClose(edition, picture)).toBe(true);
    expect(isNothingClose(edition, { ...picture, best: 0.21 })).toBe(false);
    expect(isNothingClose(edition, { ...picture, isPart: true })).toBe(false);
    expect(isNothingClose(edition, { ...picture, isPart: true, best: 0.17 })).toBe(true);
    expect(isNothingClose(edition, { ...picture, variant: "adapted", best: 0.39 })).toBe(true);
    expect(isNothingClose(edition, { ...picture, scale: "text", best: 0.59 })).toBe(true);
  });

  it("claims nothing where nothing was measured, is mixed, is filtered or was found", () => {
    expect(isNothingClose({}, picture)).toBe(false);
    expect(isNothingClose({ reach: [] }, picture)).toBe(false);
    expect(isNothingClose(edition, { ...picture, scale: "text", variant: "adapted" })).toBe(false);
    expect(isNothingClose(edition, { ...picture, scale: "mixed" })).toBe(false);
    expect(isNothingClose(edition, { ...picture, isFiltered: true })).toBe(false);
    expect(isNothingClose(edition, { ...picture, best: null })).toBe(false);
  });
});

import { expect, it } from "vitest";
import { formatBytes } from "../../src/app/format-bytes.ts";

it("writes bytes in decimal units", () => {
  expect([0, 640_000, 2_912_000, 14_264_838, 101_000_000, 3_100_000_000].map(formatBytes)).toEqual([
    "0 kB",
    "640 kB",
    "2.9 MB",
    "14.3 MB",
    "101 MB",
    "3.1 GB",
  ]);
});

import { describe, expect, it } from "vitest";
import { parseRoute, workRoute } from "../../src/app/router/routes.ts";

describe("routes", () => {
  it("read back what they write, whatever an id holds", () => {
    for (const workId of ["W2019734204", "10.1000/a b#c?d", "π/%2F", "..", "a".repeat(200)]) {
      for (const sentence of [null, 1, 312]) {
        expect(parseRoute(workRoute(workId, sentence))).toEqual({ kind: "work", workId, sentence });
      }
    }
  });

  it("take everything else for the picture and its sentences", () => {
    const fragments = [
      "",
      "#",
      "#/",
      "#mirror=https://models.example/",
      "#/work/",
      "#/work/%E0%A4%A",
      "#/work/W1/0",
      "#/work/W1/-3",
      "#/work/W1/2/3",
      "#/works/W1",
      `#/work/${"a".repeat(201)}`,
      "#/work/W1?x",
    ];
    for (const fragment of fragments) expect(parseRoute(fragment)).toEqual({ kind: "home" });
  });
});

import { describe, expect, it } from "vitest";
import { mirrorFrom } from "../../../src/app/models/mirror.ts";

describe("mirrorFrom", () => {
  it("takes the address in the fragment before that of the build, and ends it with a slash", () => {
    const built = "https://built.test/models/";
    expect(mirrorFrom("#mirror=https://asked.test/hub", built)).toBe("https://asked.test/hub/");
    expect(mirrorFrom("", built)).toBe(built);
    expect(mirrorFrom("#other=1", undefined)).toBeNull();
    expect(mirrorFrom("", "")).toBeNull();
  });

  it("reads an address that is written for a fragment", () => {
    expect(mirrorFrom("#mirror=http%3A%2F%2Flocalhost%3A8080%2F", undefined)).toBe(
      "http://localhost:8080/",
    );
  });

  it.each(["http://plain.test/", "javascript:alert(1)", "data:text/plain,x", "//host", "nothing"])(
    "does not take %s",
    (address) => {
      expect(mirrorFrom(`#mirror=${encodeURIComponent(address)}`, undefined)).toBeNull();
    },
  );

  it("drops what is no part of a base", () => {
    expect(mirrorFrom("#mirror=https%3A%2F%2Fa.test%2F%3Fq%3D1%23x", undefined)).toBe(
      "https://a.test/",
    );
  });
});

import { describe, expect, it } from "vitest";
import { failedInPlaywright, failedInVitest } from "../../scripts/failed-tests.mjs";

describe("failedInVitest", () => {
  it("names failed tests with their messages, and files that did not load", () => {
    const report = {
      testResults: [
        {
          name: "/a.test.ts",
          status: "failed",
          message: "",
          assertionResults: [
            { fullName: "a group holds", status: "passed", failureMessages: [] },
            {
              fullName: "a group fails",
              status: "failed",
              failureMessages: ["1 is not 2\n  at a"],
            },
          ],
        },
        { name: "/b.test.ts", status: "failed", message: "no module", assertionResults: [] },
        { name: "/c.test.ts", status: "passed", message: "", assertionResults: [] },
      ],
    };
    expect(failedInVitest(report)).toEqual([
      "/a.test.ts › a group fails\n    1 is not 2\n      at a",
      "/b.test.ts\n    no module",
    ]);
  });
});

describe("failedInPlaywright", () => {
  it("names failed tests of all groups without colours, and what kept all from running", () => {
    const spec = (title: string, ok: boolean, message: string) => ({
      file: "a.spec.ts",
      line: 7,
      title,
      ok,
      tests: [{ results: [{ errors: [{ message }] }] }],
    });
    const report = {
      errors: [{ message: "no browser" }],
      suites: [
        {
          specs: [spec("holds", true, "")],
          suites: [{ specs: [spec("fails", false, "\u001b[31mred\u001b[39m")] }],
        },
      ],
    };
    expect(failedInPlaywright(report)).toEqual([
      "Playwright\n    no browser",
      "a.spec.ts:7 › fails\n    red",
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const page = "https://site.test/folder/";
const started: unknown[] = [];
let policies: Record<string, { createScriptURL(url: string): string }> = {};

/** The globals of a page that `spawnWorker` needs; with Trusted Types where `isEnforced`. */
function stubPage(isEnforced: boolean): void {
  vi.stubGlobal("location", new URL(page));
  vi.stubGlobal("document", { baseURI: page });
  const trustedTypes = {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }) {
      if (name in policies) throw new TypeError(`policy ${name} exists`);
      policies[name] = rules;
      return { createScriptURL: (url: string) => ({ trusted: rules.createScriptURL(url) }) };
    },
  };
  vi.stubGlobal("window", isEnforced ? { trustedTypes } : {});
  vi.stubGlobal(
    "Worker",
    class {
      constructor(url: unknown) {
        started.push(url);
      }
    },
  );
}

beforeEach(() => {
  vi.resetModules();
  started.length = 0;
  policies = {};
});

afterEach(() => vi.unstubAllGlobals());

describe("spawnWorker", () => {
  it("starts a worker of this site by its address", async () => {
    stubPage(false);
    const { spawnWorker } = await import("../../src/client/spawn-worker.ts");
    spawnWorker("assets/encoder.worker-BwZ_aL5e.js");
    expect(started).toEqual([`${page}assets/encoder.worker-BwZ_aL5e.js`]);
  });

  it("passes it through one named policy where the page enforces Trusted Types", async () => {
    stubPage(true);
    const { spawnWorker } = await import("../../src/client/spawn-worker.ts");
    spawnWorker("assets/encoder.worker-BwZ_aL5e.js");
    spawnWorker("assets/search.worker-DLrl_Rgu.js");
    expect(Object.keys(policies)).toEqual(["app-worker"]);
    expect(started).toEqual([
      { trusted: `${page}assets/encoder.worker-BwZ_aL5e.js` },
      { trusted: `${page}assets/search.worker-DLrl_Rgu.js` },
    ]);
  });

  it.each([
    "https://elsewhere.test/encoder.worker.js",
    "data:text/javascript,encoder.worker.js",
    "blob:https://site.test/encoder.worker.js",
    "assets/index.js",
    "models/demo/encoder.worker.json",
  ])("refuses %s, with and without Trusted Types", async (url) => {
    for (const isEnforced of [true, false]) {
      vi.resetModules();
      policies = {};
      stubPage(isEnforced);
      const { spawnWorker } = await import("../../src/client/spawn-worker.ts");
      expect(() => spawnWorker(url)).toThrow(TypeError);
    }
    expect(started).toEqual([]);
  });
});

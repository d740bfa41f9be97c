import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDataCache } from "../../workers/data-cache.ts";

const SITE = "https://site.test/";
const NAME = "test-data";
const entries = [
  { url: "models/demo/trunk.onnx", revision: "one" },
  { url: "models/demo/manifest.json", revision: "two" },
  { url: "edition/sample/codes.0123abcd.bin", revision: "three" },
];

/** What the Cache Storage keeps, by key. */
let kept = new Map<string, Response>();
/** What the server answers, by path; a missing one stands for no connection. */
let served = new Map<string, () => Response>();
let asked: string[] = [];

beforeEach(() => {
  kept = new Map();
  asked = [];
  served = new Map(entries.map(({ url }) => [url, () => new Response(`fresh ${url}`)]));
  const cache = {
    match: async (key: string) => kept.get(key)?.clone(),
    put: async (key: string, response: Response) => void kept.set(key, response),
    keys: async () => [...kept.keys()].map((url) => new Request(url)),
    delete: async (request: Request) => kept.delete(request.url),
  };
  vi.stubGlobal("caches", { open: async () => cache, match: cache.match });
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const path = (typeof input === "string" ? input : input.url).slice(SITE.length);
    asked.push(path);
    const answer = served.get(path);
    if (answer === undefined) throw new TypeError("no connection");
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

const data = createDataCache(NAME, entries, SITE);
const all = () => true;
const ask = async (path: string, init?: RequestInit) =>
  data.answer(new Request(SITE + path, init)).then((response) => response.text());

describe("the cache of large files", () => {
  it("answers everything from what it kept once there is no connection", async () => {
    expect(await data.keepAll(all)).toBe(true);
    served.clear();
    for (const { url } of entries) expect(await ask(url)).toBe(`fresh ${url}`);
  });

  it("asks the server for a kept file no more, and cuts ranges from it", async () => {
    await data.keepAll(all);
    asked = [];
    expect(await ask("models/demo/trunk.onnx")).toBe("fresh models/demo/trunk.onnx");
    const headers = { Range: "bytes=0-4" };
    expect(await ask("edition/sample/codes.0123abcd.bin", { headers })).toBe("fresh");
    expect(asked).toEqual([]);
  });

  it("asks the server for a manifest first, and for what the page wants reloaded", async () => {
    await data.keepAll(all);
    served.set("models/demo/manifest.json", () => new Response("newer"));
    served.set("models/demo/trunk.onnx", () => new Response("newer"));
    expect(await ask("models/demo/manifest.json")).toBe("newer");
    expect(await ask("models/demo/trunk.onnx", { cache: "reload" })).toBe("newer");
    expect(await ask("models/demo/trunk.onnx")).toBe("fresh models/demo/trunk.onnx");
  });

  it("keeps nothing that only passes through", async () => {
    await ask("models/demo/trunk.onnx");
    await ask("models/demo/manifest.json");
    expect(kept.size).toBe(0);
  });

  it.each([
    ["a sign-in page", () => new Response("<html>", { headers: { "Content-Type": "text/html" } })],
    ["an error", () => new Response("fault", { status: 503 })],
    ["an empty answer", () => new Response("")],
    ["a part", () => new Response("half", { headers: { "Content-Length": "8" } })],
    [
      "a redirection",
      () => Object.defineProperty(new Response("moved"), "redirected", { value: true }),
    ],
  ])("keeps the other files where the server sends %s, and says so", async (_what, answer) => {
    served.set("models/demo/trunk.onnx", answer);
    expect(await data.keepAll(all)).toBe(false);
    expect(kept.size).toBe(2);
    served.set("models/demo/trunk.onnx", () => new Response("right"));
    asked = [];
    expect(await data.keepAll(all)).toBe(true);
    expect(asked).toEqual(["models/demo/trunk.onnx"]);
  });

  it("goes to the network where the storage was taken away", async () => {
    await data.keepAll(all);
    vi.stubGlobal("caches", { match: () => Promise.reject(new Error("refused")) });
    expect(await ask("models/demo/trunk.onnx")).toBe("fresh models/demo/trunk.onnx");
  });

  it("deletes the files of earlier builds", async () => {
    await data.keepAll(all);
    const next = createDataCache(NAME, [{ url: "models/demo/trunk.onnx", revision: "new" }], SITE);
    await next.removeOutdated();
    expect(kept.size).toBe(0);
  });
});

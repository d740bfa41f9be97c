import { afterEach, describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { createRetry } from "../../../workers/retry.ts";
import { createHttpSource, type HttpSourceOptions } from "../../../workers/search/http-source.ts";
import { bytesOf, neverAborted } from "../../helpers/counting-source.ts";
import { type RangeServer, type ServerMode, startRangeServer } from "../../helpers/range-server.ts";

const SIZE = 100_000;
/** Larger than what is accepted from a server that ignores Range. */
const LARGE = 8 * 1024 * 1024 + 1;

const files = new Map([
  ["file.bin", bytesOf({ start: 0, end: SIZE })],
  ["large.bin", new Uint8Array(LARGE)],
]);
let server: RangeServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function serve(mode: ServerMode, failures = Number.POSITIVE_INFINITY): Promise<RangeServer> {
  server = await startRangeServer(files);
  server.mode = mode;
  server.failures = failures;
  return server;
}

function open(from: RangeServer, changes: Partial<HttpSourceOptions> = {}) {
  const waits: number[] = [];
  const retry = createRetry((ms) => {
    waits.push(ms);
    return Promise.resolve();
  });
  const source = createHttpSource({
    url: `${from.url}file.bin`,
    key: "hash",
    size: SIZE,
    fetch: globalThis.fetch,
    retry,
    now: () => 0,
    ...changes,
  });
  return { source, waits };
}

const RANGE = { start: 1000, end: 1500 };

describe("createHttpSource", () => {
  it("asks for one range, exactly, and never from the HTTP cache", async () => {
    const from = await serve("ok");
    const asked: RequestInit[] = [];
    const spy: typeof fetch = (input, init) => {
      asked.push(init ?? {});
      return fetch(input, init);
    };
    const { source } = open(from, { fetch: spy });
    expect(await source.read(RANGE, neverAborted())).toEqual(bytesOf(RANGE));
    expect(from.requests).toEqual([{ path: "/file.bin", range: "bytes=1000-1499" }]);
    expect(from.bytes()).toBe(500);
    expect(asked[0]).toMatchObject({ cache: "no-store" });
  });

  it("asks for the whole file without a range", async () => {
    const from = await serve("ok");
    const { source } = open(from);
    expect(await source.read({ start: 0, end: SIZE }, neverAborted())).toHaveLength(SIZE);
    expect(from.requests).toEqual([{ path: "/file.bin", range: null }]);
  });

  it("asks for nothing where nothing is wanted", async () => {
    const from = await serve("ok");
    expect(await open(from).source.read({ start: 7, end: 7 }, neverAborted())).toHaveLength(0);
    expect(from.requests).toHaveLength(0);
  });

  it("takes the whole of a small file from a server that ignores Range, once", async () => {
    const from = await serve("ignores-range");
    const { source } = open(from);
    expect(await source.read(RANGE, neverAborted())).toEqual(bytesOf(RANGE));
    expect(await source.read({ start: 5, end: 9 }, neverAborted())).toEqual(
      bytesOf({ start: 5, end: 9 }),
    );
    expect(from.requests).toHaveLength(1);
  });

  it("refuses a large file from a server that ignores Range, without downloading it", async () => {
    const from = await serve("ignores-range");
    const { source } = open(from, { url: `${from.url}large.bin`, size: LARGE });
    await expect(source.read(RANGE, neverAborted())).rejects.toMatchObject({
      detail: { code: "range-ignored" },
    });
    expect(from.requests).toHaveLength(1);
  });

  it.each([
    ["status-500", { code: "http-status", status: 500 }, [250, 500, 1000]],
    ["status-429", { code: "http-status", status: 429 }, [0, 0, 0]],
    ["stops-half-way", { code: "network" }, [250, 500, 1000]],
    ["offline", { code: "network" }, [250, 500, 1000]],
  ] as const)(
    "tries four times where the server answers %s, then says so",
    async (mode, detail, waits) => {
      const from = await serve(mode);
      const opened = open(from);
      await expect(opened.source.read(RANGE, neverAborted())).rejects.toMatchObject({ detail });
      expect(from.requests).toHaveLength(4);
      expect(opened.waits).toEqual(waits);
    },
  );

  it.each(["status-500", "status-429", "stops-half-way", "offline"] as const)(
    "goes on when %s passes",
    async (mode) => {
      const from = await serve(mode, 2);
      const { source } = open(from);
      expect(await source.read(RANGE, neverAborted())).toEqual(bytesOf(RANGE));
      expect(from.requests).toHaveLength(3);
    },
  );

  it("makes every request to a host rest where that answers that there are too many", async () => {
    const from = await serve("status-429", 1);
    const pauses: number[] = [];
    let entered = 0;
    const pace = {
      enter: () => {
        entered++;
        return Promise.resolve();
      },
      pause: (ms: number) => void pauses.push(ms),
    };
    const { source } = open(from, { pace });
    await source.read(RANGE, neverAborted());
    expect(pauses).toEqual([0]);
    expect(entered).toBe(2);
    from.mode = "status-500";
    from.failures = 1;
    await source.read(RANGE, neverAborted());
    expect(pauses).toEqual([0]);
  });

  it("takes ranges that were compressed on the way", async () => {
    const { source } = open(await serve("gzip-range"));
    expect(await source.read(RANGE, neverAborted())).toEqual(bytesOf(RANGE));
  });

  it("refuses ranges of a compressed file, which are other bytes", async () => {
    const { source } = open(await serve("range-of-gzip"));
    await expect(source.read(RANGE, neverAborted())).rejects.toSatisfy(
      (error) => isAppError(error, "network") || isAppError(error, "short-read"),
    );
  });

  it("reads a part of a longer file whose length nobody knows", async () => {
    const from = await serve("ok");
    const { source } = open(from, { size: 2000, isPart: true });
    expect(await source.read({ start: 0, end: 2000 }, neverAborted())).toHaveLength(2000);
    expect(from.requests).toEqual([{ path: "/file.bin", range: "bytes=0-1999" }]);
    from.mode = "ignores-range";
    await expect(source.read(RANGE, neverAborted())).rejects.toMatchObject({
      detail: { code: "range-ignored" },
    });
  });

  it("does not ask again for a file that is not there", async () => {
    const from = await serve("ok");
    const { source } = open(from, { url: `${from.url}missing.bin` });
    await expect(source.read(RANGE, neverAborted())).rejects.toMatchObject({
      detail: { code: "http-status", status: 404 },
    });
    expect(from.requests).toHaveLength(1);
  });

  it("refuses an answer for another range", async () => {
    const { source } = open(await serve("wrong-range"));
    await expect(source.read(RANGE, neverAborted())).rejects.toMatchObject({
      detail: { code: "range-ignored" },
    });
  });

  it.each([
    ["inside of what is left", RANGE],
    ["beyond what is left", { start: 99_000, end: 99_500 }],
  ])("says that the file on the server is too short, for a range %s", async (_, range) => {
    const { source } = open(await serve("truncated-file"));
    await expect(source.read(range, neverAborted())).rejects.toMatchObject({
      detail: { code: "short-read", received: 50_000 },
    });
  });

  it("follows a redirect once and then asks the signed address directly", async () => {
    const from = await serve("redirects");
    const { source } = open(from);
    await source.read(RANGE, neverAborted());
    await source.read(RANGE, neverAborted());
    expect(from.requests.map(({ path }) => path)).toEqual([
      "/file.bin",
      "/file.bin?signed",
      "/file.bin?signed",
    ]);
  });

  it("asks the first address again when the signed one has become old", async () => {
    const from = await serve("redirects");
    let hours = 0;
    const { source } = open(from, { now: () => hours * 3_600_000 });
    await source.read(RANGE, neverAborted());
    hours = 1;
    await source.read(RANGE, neverAborted());
    const asked = from.requests.filter(({ path }) => path === "/file.bin");
    expect(asked).toHaveLength(2);
  });

  it("asks the first address again when the signed one is refused", async () => {
    const from = await serve("redirects");
    let refusals = 0;
    const refusing: typeof fetch = (input, init) => {
      if (String(input).includes("signed") && refusals++ === 0) {
        return Promise.resolve(new Response(null, { status: 403 }));
      }
      return fetch(input, init);
    };
    const { source } = open(from, { fetch: refusing });
    await source.read(RANGE, neverAborted());
    expect(await source.read(RANGE, neverAborted())).toEqual(bytesOf(RANGE));
    expect(from.requests.map(({ path }) => path)).toEqual([
      "/file.bin",
      "/file.bin?signed",
      "/file.bin",
      "/file.bin?signed",
    ]);
  });

  it("stops when it is cancelled, and that is not a failure of the network", async () => {
    const from = await serve("ok");
    const controller = new AbortController();
    const { source } = open(from);
    const reading = source.read(RANGE, controller.signal);
    controller.abort();
    await expect(reading).rejects.toSatisfy(
      (error) => !isAppError(error) && error instanceof Error && error.name === "AbortError",
    );
  });

  it("refuses a range outside of the file before it asks anyone", async () => {
    const from = await serve("ok");
    const reading = open(from).source.read({ start: 0, end: SIZE + 1 }, neverAborted());
    await expect(reading).rejects.toMatchObject({ detail: { code: "invalid-argument" } });
    expect(from.requests).toHaveLength(0);
  });
});

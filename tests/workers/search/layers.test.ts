import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/core/errors.ts";
import { createRetry, sleep, TransientError } from "../../../workers/retry.ts";
import { createBlockMemory } from "../../../workers/search/block-memory.ts";
import { createSharedWork } from "../../../workers/search/share-work.ts";
import { withCoalescing } from "../../../workers/search/with-coalescing.ts";
import { createLimiter, withLimit } from "../../../workers/search/with-limit.ts";
import {
  bytesOf,
  createCountingSource,
  createGate,
  neverAborted,
  settle,
} from "../../helpers/counting-source.ts";

const SIZE = 1_000_000;

describe("withLimit", () => {
  it("keeps at most so many reads in flight, over all sources that share the limiter, and answers all", async () => {
    let peak = 0;
    const before = () => {
      peak = Math.max(peak, first.inFlight() + second.inFlight());
      return settle();
    };
    const first = createCountingSource({ size: SIZE, before });
    const second = createCountingSource({ size: SIZE, before });
    const limiter = createLimiter(3);
    const ranges = Array.from({ length: 20 }, (_, i) => ({ start: i * 10, end: i * 10 + 10 }));
    const answers = await Promise.all(
      ranges.map((range, i) =>
        withLimit(i % 2 === 0 ? first : second, limiter).read(range, neverAborted()),
      ),
    );
    expect(answers).toEqual(ranges.map(bytesOf));
    expect(first.reads.length + second.reads.length).toBe(20);
    expect(peak).toBe(3);
  });

  it("lets a waiting caller leave: its read never starts and nobody else is affected", async () => {
    const gate = createGate();
    const source = createCountingSource({ size: SIZE, before: () => gate.opened });
    const limited = withLimit(source, createLimiter(1));
    const controller = new AbortController();
    const running = limited.read({ start: 0, end: 1 }, neverAborted());
    const leaving = limited.read({ start: 1, end: 2 }, controller.signal);
    const patient = limited.read({ start: 2, end: 3 }, neverAborted());
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
    gate.open();
    await Promise.all([running, patient]);
    expect(source.reads.map(({ start }) => start)).toEqual([0, 2]);
  });

  it("gives the place back after a failure", async () => {
    const source = createCountingSource({
      size: SIZE,
      before: (_, index) => {
        if (index === 0) throw new AppError({ code: "network", url: "x" });
      },
    });
    const limited = withLimit(source, createLimiter(1));
    await expect(limited.read({ start: 0, end: 1 }, neverAborted())).rejects.toThrow(AppError);
    await expect(limited.read({ start: 0, end: 1 }, neverAborted())).resolves.toHaveLength(1);
  });
});

describe("withLimit by priority", () => {
  const ranges = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => ({ start: from + i, end: from + i + 1 }));

  it("lets a search pass a download that waits, and keeps two places free for it", async () => {
    const gates = Array.from({ length: 8 }, () => createGate());
    const source = createCountingSource({
      size: SIZE,
      before: (_, index) => gates[index]?.opened,
    });
    const limiter = createLimiter(4);
    const background = withLimit(source, limiter, "background");
    const foreground = withLimit(source, limiter);
    const downloads = ranges(4, 0).map((range) => background.read(range, neverAborted()));
    await settle();
    expect(source.inFlight()).toBe(2);
    const searches = ranges(3, 100).map((range) => foreground.read(range, neverAborted()));
    await settle();
    expect(source.inFlight()).toBe(4);
    gates[0]?.open();
    await settle();
    // The place of the finished download goes to the search that waits, not to the next download.
    expect(source.reads.map(({ start }) => start)).toEqual([0, 1, 100, 101, 102]);
    for (const gate of gates) gate.open();
    await Promise.all([...downloads, ...searches]);
    expect(source.reads.map(({ start }) => start)).toEqual([0, 1, 100, 101, 102, 2, 3]);
  });

  it("runs background work alone where there is a single place", async () => {
    const source = createCountingSource({ size: SIZE, before: () => settle() });
    const background = withLimit(source, createLimiter(1), "background");
    await Promise.all(ranges(3, 0).map((range) => background.read(range, neverAborted())));
    expect(source.peak()).toBe(1);
    expect(source.reads).toHaveLength(3);
  });
});

describe("withCoalescing", () => {
  const options = {
    maxGap: 100,
    maxBytes: 5000,
    schedule: (flush: () => void) => queueMicrotask(flush),
  };

  it("joins reads across small gaps into one and gives each caller exactly its bytes", async () => {
    const source = createCountingSource({ size: SIZE });
    const joined = withCoalescing(source, options);
    const ranges = [
      { start: 500, end: 600 },
      { start: 0, end: 100 },
      { start: 150, end: 250 },
      { start: 9000, end: 9001 },
    ];
    const answers = await Promise.all(ranges.map((range) => joined.read(range, neverAborted())));
    expect(answers).toEqual(ranges.map(bytesOf));
    expect(source.reads).toEqual([
      { start: 0, end: 250 },
      { start: 500, end: 600 },
      { start: 9000, end: 9001 },
    ]);
    expect(source.bytes()).toBe(351);
  });

  it("never joins beyond its byte limit", async () => {
    const source = createCountingSource({ size: SIZE });
    const joined = withCoalescing(source, options);
    await Promise.all(
      [0, 1, 2, 3].map((i) =>
        joined.read({ start: i * 2000, end: i * 2000 + 2000 }, neverAborted()),
      ),
    );
    expect(source.reads.map(({ start, end }) => end - start)).toEqual([4000, 4000]);
  });

  it("rejects an aborting caller alone; the others get their bytes from the same read", async () => {
    const gate = createGate();
    const source = createCountingSource({ size: SIZE, before: () => gate.opened });
    const joined = withCoalescing(source, options);
    const controller = new AbortController();
    const leaving = joined.read({ start: 0, end: 10 }, controller.signal);
    const staying = joined.read({ start: 10, end: 20 }, neverAborted());
    await settle();
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
    gate.open();
    expect(await staying).toEqual(bytesOf({ start: 10, end: 20 }));
    expect(source.reads).toHaveLength(1);
    expect(source.aborted()).toBe(0);
  });

  it("aborts the joined read when every caller has left", async () => {
    const source = createCountingSource({ size: SIZE, before: () => createGate().opened });
    const joined = withCoalescing(source, options);
    const controllers = [new AbortController(), new AbortController()];
    const reads = controllers.map(({ signal }, i) => joined.read({ start: i, end: i + 1 }, signal));
    await settle();
    controllers[0]?.abort();
    expect(source.aborted()).toBe(0);
    controllers[1]?.abort();
    expect(source.aborted()).toBe(1);
    for (const read of reads) await expect(read).rejects.toMatchObject({ name: "AbortError" });
  });

  it("does not fetch for a caller who left before the joining", async () => {
    const source = createCountingSource({ size: SIZE });
    const joined = withCoalescing(source, options);
    const controller = new AbortController();
    const leaving = joined.read({ start: 0, end: 10 }, controller.signal);
    const staying = joined.read({ start: 500, end: 510 }, neverAborted());
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
    await staying;
    expect(source.reads).toEqual([{ start: 500, end: 510 }]);
  });

  it("gives a failure to everyone who waited for it, and fetches again for the next", async () => {
    const source = createCountingSource({
      size: SIZE,
      before: (_, index) => {
        if (index === 0) throw new AppError({ code: "network", url: "x" });
      },
    });
    const joined = withCoalescing(source, options);
    const both = [0, 10].map((start) => joined.read({ start, end: start + 10 }, neverAborted()));
    for (const read of both) await expect(read).rejects.toThrow(AppError);
    expect(await joined.read({ start: 0, end: 10 }, neverAborted())).toHaveLength(10);
  });
});

describe("createSharedWork", () => {
  it("runs once for callers that come at the same time, and again afterwards", async () => {
    const shared = createSharedWork<number>();
    let runs = 0;
    const work = async () => {
      await settle();
      return ++runs;
    };
    const both = [1, 2].map(() => shared.run("key", work, neverAborted()));
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(await shared.run("key", work, neverAborted())).toBe(2);
  });

  it("never keeps a failure", async () => {
    const shared = createSharedWork<string>();
    const fail = () => Promise.reject(new AppError({ code: "network", url: "x" }));
    await expect(shared.run("key", fail, neverAborted())).rejects.toThrow(AppError);
    await expect(shared.run("key", async () => "fine", neverAborted())).resolves.toBe("fine");
  });

  it("aborts the work only when the last caller leaves; a caller who comes then starts afresh", async () => {
    const shared = createSharedWork<string>();
    const signals: AbortSignal[] = [];
    const work = (signal: AbortSignal) => {
      signals.push(signal);
      return createGate().opened.then(() => "never");
    };
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => shared.run("key", work, signal));
    controllers[0]?.abort();
    expect(signals[0]?.aborted).toBe(false);
    controllers[1]?.abort();
    expect(signals[0]?.aborted).toBe(true);
    for (const call of calls) await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await expect(shared.run("key", async () => "new", neverAborted())).resolves.toBe("new");
  });
});

describe("createRetry", () => {
  const waits: number[] = [];
  const retry = createRetry((ms) => {
    waits.push(ms);
    return Promise.resolve();
  });
  const transient = (waitMs?: number) =>
    new TransientError(
      { code: "http-status", url: "x", status: 503 },
      waitMs === undefined ? {} : { waitMs },
    );

  it("doubles its waits and gives up with the last error after four attempts", async () => {
    waits.length = 0;
    let attempts = 0;
    const failing = () => {
      attempts++;
      return Promise.reject(transient());
    };
    await expect(retry(failing, neverAborted())).rejects.toMatchObject({ detail: { status: 503 } });
    expect(attempts).toBe(4);
    expect(waits).toEqual([250, 500, 1000]);
  });

  it("waits as long as the server says, but not for minutes", async () => {
    waits.length = 0;
    const errors = [transient(3000), transient(600_000)];
    await expect(
      retry(() => Promise.reject(errors.shift()), neverAborted()),
    ).rejects.toBeInstanceOf(AppError);
    expect(waits).toEqual([3000]);
  });

  it("does not repeat a failure that will stay", async () => {
    let attempts = 0;
    const failing = () => {
      attempts++;
      return Promise.reject(new AppError({ code: "http-status", url: "x", status: 404 }));
    };
    await expect(retry(failing, neverAborted())).rejects.toThrow(AppError);
    expect(attempts).toBe(1);
  });

  it("stops waiting at once when it is cancelled", async () => {
    const controller = new AbortController();
    const waiting = createRetry(sleep)(() => Promise.reject(transient(9000)), controller.signal);
    await settle();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("createBlockMemory", () => {
  it("forgets what was used longest ago when it is full", () => {
    const memory = createBlockMemory(100);
    memory.set("a", new Uint8Array(40));
    memory.set("b", new Uint8Array(40));
    memory.get("a");
    memory.set("c", new Uint8Array(40));
    expect(["a", "b", "c"].map((key) => memory.get(key) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("keeps nothing with no room, and counts a replaced block once", () => {
    const none = createBlockMemory(0);
    none.set("a", new Uint8Array(1));
    expect(none.get("a")).toBeUndefined();
    const memory = createBlockMemory(100);
    for (let i = 0; i < 10; i++) memory.set("a", new Uint8Array(60));
    memory.set("b", new Uint8Array(40));
    expect(memory.get("a")).toHaveLength(60);
  });
});

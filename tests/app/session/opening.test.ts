import { describe, expect, it } from "vitest";
import { createOpening } from "../../../src/app/session/opening.ts";
import { isAbort } from "../../../src/core/errors.ts";
import type { Progress, ReportProgress } from "../../../src/core/progress.ts";
import { deferred, settle } from "./doubles.ts";

const quiet = () => undefined;
const fresh = () => new AbortController();

describe("createOpening", () => {
  it("starts once for all who ask, and keeps what was opened", async () => {
    const opened = deferred<string>();
    let starts = 0;
    const opening = createOpening(() => {
      starts += 1;
      return opened.promise;
    });
    const both = Promise.all([
      opening.open(fresh().signal, quiet),
      opening.open(fresh().signal, quiet),
    ]);
    opened.resolve("model");
    expect(await both).toEqual(["model", "model"]);
    expect(await opening.open(fresh().signal, quiet)).toBe("model");
    expect(starts).toBe(1);
    expect(opening.value()).toBe("model");
  });

  it("tells one who joins late how far it is", async () => {
    let report: ReportProgress = quiet;
    const opening = createOpening<string>((_signal, reporter) => {
      report = reporter;
      return new Promise(() => undefined);
    });
    opening.open(fresh().signal, quiet).catch(quiet);
    report({ phase: "download", item: "model", loaded: 5, total: 10 });
    const heard: Progress[] = [];
    opening.open(fresh().signal, (progress) => heard.push(progress)).catch(quiet);
    report({ phase: "download", item: "model", loaded: 9, total: 10 });
    expect(heard.map((progress) => (progress.phase === "download" ? progress.loaded : 0))).toEqual([
      5, 9,
    ]);
  });

  it("tells one who joins late of every item, and forgets an opening that failed", async () => {
    const first = deferred<string>();
    let report: ReportProgress = quiet;
    const opening = createOpening<string>((_signal, reporter) => {
      report = reporter;
      return first.promise;
    });
    opening.open(fresh().signal, quiet).catch(quiet);
    report({ phase: "download", item: "model", loaded: 5, total: 10 });
    report({ phase: "download", item: "runtime", loaded: 1, total: 3 });
    const joined: Progress[] = [];
    opening.open(fresh().signal, (progress) => joined.push(progress)).catch(quiet);
    expect(joined.map((one) => (one.phase === "download" ? one.item : ""))).toEqual([
      "model",
      "runtime",
    ]);
    first.reject(new Error("broken"));
    await settle();
    const retried: Progress[] = [];
    opening.open(fresh().signal, (progress) => retried.push(progress)).catch(quiet);
    expect(retried).toEqual([]);
  });

  it("lets one leave without stopping it for the others", async () => {
    const opened = deferred<string>();
    let signal = fresh().signal;
    const opening = createOpening<string>((given) => {
      signal = given;
      return opened.promise;
    });
    const leaving = fresh();
    const left = opening.open(leaving.signal, quiet);
    const stays = opening.open(fresh().signal, quiet);
    leaving.abort();
    await expect(left).rejects.toSatisfy(isAbort);
    expect(signal.aborted).toBe(false);
    opened.resolve("model");
    expect(await stays).toBe("model");
  });

  it("stops when cancelled, and starts afresh when asked again", async () => {
    const signals: AbortSignal[] = [];
    const opening = createOpening<string>((signal) => {
      signals.push(signal);
      return signals.length === 1 ? new Promise(() => undefined) : Promise.resolve("model");
    });
    opening.open(fresh().signal, quiet).catch(quiet);
    opening.cancel();
    await settle();
    expect(signals[0]?.aborted).toBe(true);
    expect(await opening.open(fresh().signal, quiet)).toBe("model");
  });

  it("does not throw away with a cancellation what is open already", async () => {
    const opening = createOpening(() => Promise.resolve("model"));
    await opening.open(fresh().signal, quiet);
    opening.cancel();
    expect(opening.value()).toBe("model");
  });
});

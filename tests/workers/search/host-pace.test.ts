import { describe, expect, it } from "vitest";
import { createHostPace, HUB_PACE } from "../../../workers/search/host-pace.ts";
import { neverAborted, settle } from "../../helpers/counting-source.ts";

const ANY = Number.POSITIVE_INFINITY;
const why = { code: "http-status", url: "https://hub.test/sign.bin", status: 429 } as const;

/** A clock that only moves when somebody sleeps, or when a test says so. */
function createClock() {
  let time = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.push({ at: time + ms, wake: resolve });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
    /** Moves to `end`, waking everyone at their time. */
    async advance(end: number) {
      for (;;) {
        await settle();
        sleepers.sort((a, b) => a.at - b.at);
        const [next] = sleepers;
        if (next === undefined || next.at > end) break;
        sleepers.shift();
        time = Math.max(time, next.at);
        next.wake();
      }
      time = end;
    },
  };
}

describe("createHostPace", () => {
  it("lets a burst start at once and then keeps the rate, over any length of time", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 8, burst: 5, ...clock });
    const starts: number[] = [];
    for (let i = 0; i < 30; i++) {
      void pace.enter(neverAborted(), ANY).then(() => starts.push(clock.now()));
    }
    await clock.advance(60_000);
    expect(starts.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(starts.slice(5)).toEqual(Array.from({ length: 25 }, (_, i) => (i + 1) * 125));
  });

  it("fills up again while nobody asks, up to the burst and no further", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 8, burst: 3, ...clock });
    for (let i = 0; i < 3; i++) await pace.enter(neverAborted(), ANY);
    await clock.advance(3_600_000);
    const starts: number[] = [];
    for (let i = 0; i < 4; i++) {
      void pace.enter(neverAborted(), ANY).then(() => starts.push(clock.now() - 3_600_000));
    }
    await clock.advance(3_700_000);
    expect(starts).toEqual([0, 0, 0, 125]);
  });

  it("stays below what a hub allows in five minutes", async () => {
    const clock = createClock();
    const pace = createHostPace({ ...HUB_PACE, ...clock });
    let started = 0;
    for (let i = 0; i < 1000; i++) void pace.enter(neverAborted(), ANY).then(() => started++);
    // A millisecond more than half a minute: turns do not all fall on whole ones.
    await clock.advance(30_001);
    expect(started).toBe(HUB_PACE.burst + 30 * HUB_PACE.perSecond);
    expect(HUB_PACE.burst + 300 * HUB_PACE.perSecond).toBeLessThan(2500);
  });

  it("keeps a reserve for what somebody waits for, whom the background does not hold up", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 10, burst: 5, reserve: 3, ...clock });
    const starts: string[] = [];
    const enter = (name: string, isBackground: boolean) =>
      void pace
        .enter(neverAborted(), ANY, isBackground)
        .then(() => starts.push(`${name} at ${clock.now()}`));
    for (let i = 0; i < 4; i++) enter("download", true);
    await clock.advance(50);
    for (let i = 0; i < 3; i++) enter("search", false);
    await clock.advance(2000);
    expect(starts).toEqual([
      "download at 0",
      "download at 0",
      "search at 50",
      "search at 50",
      "search at 50",
      "download at 400",
      "download at 500",
    ]);
  });

  it("begins with little after a pause that the host has asked for", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 10, burst: 50, afterPause: 2, ...clock });
    const starts: number[] = [];
    pace.pause(1000, why);
    for (let i = 0; i < 4; i++) {
      void pace.enter(neverAborted(), ANY).then(() => starts.push(clock.now()));
    }
    await clock.advance(5000);
    expect(starts).toEqual([1000, 1000, 1100, 1200]);
  });

  it("pauses for everyone, also for those who wait already", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 10, burst: 1, ...clock });
    const starts: number[] = [];
    for (let i = 0; i < 3; i++) {
      void pace.enter(neverAborted(), ANY).then(() => starts.push(clock.now()));
    }
    await clock.advance(50);
    pace.pause(2000, why);
    await clock.advance(5000);
    expect(starts).toEqual([0, 2050, 2150]);
  });

  it("never pauses for longer than five minutes, whatever a host asks for", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 10, burst: 1, ...clock });
    pace.pause(1e12, why);
    let started = Number.NaN;
    void pace.enter(neverAborted(), ANY).then(() => {
      started = clock.now();
    });
    await clock.advance(400_000);
    expect(started).toBe(300_000);
  });

  it("lets a waiting caller leave, who takes nobody's turn", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 10, burst: 1, ...clock });
    const starts: number[] = [];
    const controller = new AbortController();
    await pace.enter(neverAborted(), ANY);
    const leaving = pace.enter(controller.signal, ANY);
    void pace.enter(neverAborted(), ANY).then(() => starts.push(clock.now()));
    await settle();
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
    await clock.advance(1000);
    expect(starts).toEqual([100]);
  });

  it("tells who would not wait for so long what the host said, also behind others who do", async () => {
    const clock = createClock();
    const pace = createHostPace({ perSecond: 10, burst: 1, ...clock });
    const ends: string[] = [];
    const enter = (name: string, mostPauseMs: number) =>
      void pace.enter(neverAborted(), mostPauseMs).then(
        () => ends.push(`${name} at ${clock.now()}`),
        (error: unknown) => {
          expect(error).toMatchObject({ detail: why });
          ends.push(`${name} told at ${clock.now()}`);
        },
      );
    enter("download", ANY);
    enter("patient", ANY);
    enter("search", 10_000);
    await clock.advance(50);
    pace.pause(60_000, why);
    enter("next search", 10_000);
    await clock.advance(55_000);
    enter("late search", 10_000);
    await clock.advance(70_000);
    expect(ends).toEqual([
      "download at 0",
      "next search told at 50",
      "search told at 100",
      "patient at 60050",
      "late search at 60150",
    ]);
  });
});

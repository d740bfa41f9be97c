import { describe, expect, it } from "vitest";
import { createIdleRelease, type IdleTimer } from "../../../workers/encoder/idle-release.ts";

/** A clock that a test moves. */
function createClock() {
  let now = 0;
  const waiting = new Map<number, { readonly at: number; readonly work: () => void }>();
  let count = 0;
  const timer: IdleTimer = {
    after(milliseconds, work) {
      count += 1;
      const id = count;
      waiting.set(id, { at: now + milliseconds, work });
      return () => waiting.delete(id);
    },
  };
  const move = (milliseconds: number) => {
    now += milliseconds;
    for (const [id, { at, work }] of [...waiting]) {
      if (at > now) continue;
      waiting.delete(id);
      work();
    }
  };
  return { timer, move };
}

function watch() {
  const clock = createClock();
  let released = 0;
  const idle = createIdleRelease(1000, clock.timer, () => {
    released += 1;
  });
  return { clock, idle, released: () => released };
}

describe("createIdleRelease", () => {
  it("releases once when nothing was used for the whole pause", async () => {
    const { clock, idle, released } = watch();
    await idle.use(async () => undefined);
    clock.move(999);
    expect(released()).toBe(0);
    clock.move(1);
    expect(released()).toBe(1);
    clock.move(5000);
    expect(released()).toBe(1);
  });

  it("begins the pause anew with every use", async () => {
    const { clock, idle, released } = watch();
    await idle.use(async () => undefined);
    clock.move(900);
    await idle.use(async () => undefined);
    clock.move(900);
    expect(released()).toBe(0);
    clock.move(100);
    expect(released()).toBe(1);
  });

  it("never releases what is in use, however long that takes", async () => {
    const { clock, idle, released } = watch();
    let finish: () => void = () => undefined;
    const long = idle.use(() => new Promise<void>((resolve) => (finish = resolve)));
    await idle.use(async () => undefined);
    clock.move(10_000);
    expect(released()).toBe(0);
    finish();
    await long;
    clock.move(1000);
    expect(released()).toBe(1);
  });

  it("waits after a use that failed as after any other, and not at all once stopped", async () => {
    const { clock, idle, released } = watch();
    await expect(idle.use(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    clock.move(1000);
    expect(released()).toBe(1);
    await idle.use(async () => undefined);
    idle.stop();
    clock.move(5000);
    expect(released()).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import { createAsking } from "../../../src/app/session/asking.ts";
import type { SessionEvent } from "../../../src/app/session/session-state.ts";
import { isAbort } from "../../../src/core/errors.ts";
import { settle } from "./doubles.ts";

const offer = { kind: "fetch-text", model: "CLIP", bytes: null } as const;

function start() {
  const events: SessionEvent[] = [];
  return { events, asking: createAsking((event) => events.push(event)) };
}

describe("createAsking", () => {
  it("lets the run go on once the offer is taken", async () => {
    const { asking, events } = start();
    let isDone = false;
    const asked = asking.ask(3, offer, new AbortController().signal).then(() => {
      isDone = true;
    });
    await settle();
    expect(isDone).toBe(false);
    expect(events).toEqual([{ type: "offered", run: 3, offer }]);
    asking.take();
    await asked;
    expect(events.at(-1)).toEqual({ type: "offer-taken" });
  });

  it("ends with the run, and takes nothing for it afterwards", async () => {
    const { asking, events } = start();
    const controller = new AbortController();
    const asked = asking.ask(1, offer, controller.signal);
    controller.abort();
    await expect(asked).rejects.toSatisfy(isAbort);
    asking.take();
    await settle();
    expect(events).toHaveLength(1);
  });

  it("asks nothing for a run that has ended", async () => {
    const { asking, events } = start();
    await expect(asking.ask(1, offer, AbortSignal.abort())).rejects.toBeDefined();
    expect(events).toEqual([]);
  });

  it("takes nothing where nothing is offered", () => {
    const { asking, events } = start();
    asking.take();
    expect(events).toEqual([]);
  });
});

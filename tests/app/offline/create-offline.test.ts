import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOffline } from "../../../src/app/offline/create-offline.ts";

/** A service worker container whose worker becomes ready, and answers, when the test says so. */
function fakeContainer() {
  const posted: unknown[] = [];
  const active = { postMessage: (message: unknown) => posted.push(message) };
  let beReady: (registration: unknown) => void = () => undefined;
  const ready = new Promise((resolve) => {
    beReady = resolve;
  });
  const registration = Object.assign(new EventTarget(), {
    active,
    waiting: null,
    installing: null,
  });
  const container = Object.assign(new EventTarget(), {
    ready,
    controller: null as unknown,
    register: () => Promise.resolve(registration),
  });
  return {
    posted,
    registration,
    container,
    beReady: async () => {
      beReady(registration);
      await settled();
    },
    answer: (isComplete: boolean) =>
      container.dispatchEvent(new MessageEvent("message", { data: { isComplete } })),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
let fake = fakeContainer();
const reload = vi.fn();

beforeEach(() => {
  fake = fakeContainer();
  reload.mockClear();
  vi.stubEnv("PROD", true);
  vi.stubGlobal("navigator", { serviceWorker: fake.container });
  vi.stubGlobal("document", { baseURI: "https://site.test/" });
  vi.stubGlobal("location", { origin: "https://site.test", reload });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe("createOffline", () => {
  it("asks for the data once, however often it is called before the worker is ready", async () => {
    const offline = createOffline();
    offline.register();
    for (let call = 0; call < 5; call++) offline.keepData("plain");
    await fake.beReady();
    offline.keepData("plain");
    await settled();
    expect(fake.posted).toEqual([{ type: "keep-data", runtime: "plain" }]);
    expect(offline.state()).toBe("preparing");
    fake.answer(true);
    expect(offline.state()).toBe("ready");
    offline.keepData("plain");
    await settled();
    expect(fake.posted).toHaveLength(1);
  });

  it("asks again at the next call after not everything could be kept", async () => {
    const offline = createOffline();
    offline.register();
    offline.keepData("plain");
    await fake.beReady();
    fake.answer(false);
    expect(offline.state()).toBe("none");
    offline.keepData("plain");
    await settled();
    expect(fake.posted).toHaveLength(2);
    fake.answer(true);
    expect(offline.state()).toBe("ready");
  });

  it("says in every tab that another one took an update, and reloads by choice only", async () => {
    fake.container.controller = {};
    const offline = createOffline();
    offline.register();
    await settled();
    fake.container.dispatchEvent(new Event("controllerchange"));
    expect(offline.state()).toBe("update-waiting");
    expect(reload).not.toHaveBeenCalled();
    offline.update();
    expect(reload).toHaveBeenCalledOnce();
  });

  it("takes the first worker of a first visit for no update", async () => {
    const offline = createOffline();
    offline.register();
    await settled();
    fake.container.dispatchEvent(new Event("controllerchange"));
    expect(offline.state()).toBe("none");
    fake.container.dispatchEvent(new Event("controllerchange"));
    expect(offline.state()).toBe("update-waiting");
  });

  it("hears of an update that was installing before it listened, and takes it by choice", async () => {
    fake.container.controller = {};
    const installing = Object.assign(new EventTarget(), { postMessage: vi.fn() });
    Object.assign(fake.registration, { installing });
    const offline = createOffline();
    offline.register();
    await settled();
    expect(offline.state()).toBe("none");
    Object.assign(fake.registration, { installing: null, waiting: installing });
    installing.dispatchEvent(new Event("statechange"));
    expect(offline.state()).toBe("update-waiting");
    offline.update();
    expect(installing.postMessage).toHaveBeenCalledWith({ type: "skip-waiting" });
    expect(reload).not.toHaveBeenCalled();
    fake.container.dispatchEvent(new Event("controllerchange"));
    expect(reload).toHaveBeenCalledOnce();
  });
});

import { expose } from "comlink";
import type { WorkerEndpoint } from "../../src/client/worker-client.ts";

/** A worker in this same thread: an API behind a `MessageChannel`, and the means to make it die. */
export interface FakeWorker extends WorkerEndpoint {
  isTerminated(): boolean;
  /** What a browser does when a worker throws outside of any call, or cannot be loaded. */
  crash(message: string): void;
  /** What a browser does when a message cannot be read. */
  garble(): void;
}

/** Starts a worker that exposes `api`. */
export function createFakeWorker(api: object): FakeWorker {
  const { port1, port2 } = new MessageChannel();
  const events = new EventTarget();
  let terminated = false;
  expose(api, port1);
  port2.start();
  const target = (type: string): EventTarget => (type === "message" ? port2 : events);
  return {
    postMessage: (message, transfer) => port2.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => target(type).addEventListener(type, listener),
    removeEventListener: (type, listener) => target(type).removeEventListener(type, listener),
    terminate() {
      terminated = true;
      port1.close();
      port2.close();
    },
    isTerminated: () => terminated,
    crash: (message) => events.dispatchEvent(Object.assign(new Event("error"), { message })),
    garble: () => events.dispatchEvent(new Event("messageerror")),
  };
}

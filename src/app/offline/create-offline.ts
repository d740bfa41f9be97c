import { type Accessor, createSignal } from "solid-js";
import type { RuntimeBuild } from "../../core/protocol.ts";

/** What the service worker can do for the page at the moment. */
type OfflineState = "none" | "preparing" | "ready" | "update-waiting";

export interface Offline {
  readonly state: Accessor<OfflineState>;
  /** Registers the service worker where there is one to register; the page works the same without. Once is enough. */
  register(): void;
  /**
   * Asks the service worker to keep model, sentences and runtime, so that the next visit needs no network. A call while it
   * is at work, or after it has kept everything, does nothing; one after it could not keep everything asks again.
   */
  keepData(runtime: RuntimeBuild): void;
  /** Takes a waiting update, which reloads the page; only ever called by a person's choice. */
  update(): void;
}

/** Name of the compiled service worker, at the root of the site so that its scope is the site. */
const SCRIPT = "service-worker.js";

/** Creates what the page knows of its service worker. Nothing is registered yet: installing it costs some megabytes. */
export function createOffline(): Offline {
  const [state, setState] = createSignal<OfflineState>("none");
  let registration: ServiceWorkerRegistration | undefined;
  let isRegistered = false;
  let isAsked = false;
  let isUpdating = false;

  /** An update that waits is said until it is taken, whatever becomes of the data. */
  const setDataState = (next: OfflineState) =>
    setState((before) => (before === "update-waiting" ? before : next));

  function onMessage(event: MessageEvent<unknown>): void {
    const isComplete = readCompleteness(event.data);
    if (isComplete === null) return;
    isAsked = isComplete;
    setDataState(isComplete ? "ready" : "none");
  }

  function watch(found: ServiceWorkerRegistration): void {
    registration = found;
    const look = () => {
      // A waiting worker beside a running one is an update; on a first visit it is only not active yet.
      if (found.waiting !== null && navigator.serviceWorker.controller !== null) {
        setState("update-waiting");
      }
    };
    const watchInstalling = () => found.installing?.addEventListener("statechange", look);
    look();
    // One may be installing already, found before this page listened.
    watchInstalling();
    found.addEventListener("updatefound", watchInstalling);
  }

  /** Another tab may have taken the update: this one then runs on files that are gone, and is told so. */
  function watchController(): void {
    const container = navigator.serviceWorker;
    let isControlled = container.controller !== null;
    container.addEventListener("controllerchange", () => {
      if (isUpdating) location.reload();
      else if (isControlled) setState("update-waiting");
      // The first worker of a first visit takes over what it belongs to: no update.
      isControlled = true;
    });
  }

  return {
    state,
    register() {
      if (isRegistered || !import.meta.env.PROD || !("serviceWorker" in navigator)) return;
      isRegistered = true;
      navigator.serviceWorker.addEventListener("message", onMessage);
      watchController();
      navigator.serviceWorker
        .register(trustedScriptUrl(new URL(SCRIPT, document.baseURI).href), { scope: "./" })
        .then(watch)
        // Refused storage or a private window: no offline use, nothing else lost.
        .catch(() => setState("none"));
    },
    keepData(runtime) {
      // Set at once: until the worker is ready, the state says nothing of an earlier call.
      if (!("serviceWorker" in navigator) || isAsked) return;
      isAsked = true;
      void navigator.serviceWorker.ready.then((ready) => {
        setDataState("preparing");
        ready.active?.postMessage({ type: "keep-data", runtime });
      });
    },
    update() {
      isUpdating = true;
      const waiting = registration?.waiting ?? null;
      // Nothing waits where another tab has taken the update.
      if (waiting === null) location.reload();
      else waiting.postMessage({ type: "skip-waiting" });
    },
  };
}

/** What the service worker answered to "keep-data"; null for any other message. */
function readCompleteness(message: unknown): boolean | null {
  if (typeof message !== "object" || message === null || !("isComplete" in message)) return null;
  return message.isComplete === true;
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** Passes our own script's address through a named Trusted Types policy, where the browser has them. */
function trustedScriptUrl(url: string): string {
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = trustedTypes?.createPolicy("app-service-worker", {
    createScriptURL(wanted) {
      if (new URL(wanted).origin !== location.origin) throw new TypeError(`refused: ${wanted}`);
      return wanted;
    },
  });
  return policy === undefined ? url : policy.createScriptURL(url);
}

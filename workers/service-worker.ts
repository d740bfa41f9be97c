import { PrecacheController, type PrecacheEntry } from "workbox-precaching";
import type { RuntimeBuild } from "../src/core/protocol.ts";
import { createDataCache } from "./data-cache.ts";
import { withSecurityHeaders } from "./security-response.ts";

declare global {
  interface WorkerGlobalScope {
    /** All files of the build with their revisions, written here by the build. */
    readonly __WB_MANIFEST: readonly PrecacheEntry[];
  }
}

/** What the page sends to this worker. "keep-data" is answered by `{ isComplete }` once all is kept. */
type ServiceWorkerRequest =
  | { readonly type: "skip-waiting" }
  | { readonly type: "keep-data"; readonly runtime: RuntimeBuild };

const scope = self as unknown as ServiceWorkerGlobalScope;
const entries = self.__WB_MANIFEST;

/** The shell is there before the first offline visit; data (model, edition, runtime) is kept once it is of use. */
const isData = ({ url }: PrecacheEntry) => /^(models|edition)\/|\.wasm$/.test(url);
const shell = new PrecacheController({ cacheName: "artefact-shell" });
shell.addToCacheList(entries.filter((entry) => !isData(entry)));
const data = createDataCache("artefact-data", entries.filter(isData), scope.registration.scope);

scope.addEventListener("install", (event) => event.waitUntil(shell.install(event)));

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    Promise.all([shell.activate(event), data.removeOutdated(), scope.clients.claim()]),
  );
});

scope.addEventListener("message", (event) => {
  const request = event.data as ServiceWorkerRequest;
  if (request.type === "skip-waiting") event.waitUntil(scope.skipWaiting());
  else event.waitUntil(keepData(request.runtime, event.source));
});

/** Keeping that is under way, by runtime: several tabs that ask share it, so that no file is fetched twice. */
const keeping = new Map<RuntimeBuild, Promise<boolean>>();

async function keepData(
  runtime: RuntimeBuild,
  page: ExtendableMessageEvent["source"],
): Promise<void> {
  const underWay =
    keeping.get(runtime) ??
    data
      .keepAll((url) => !isRuntime(url) || buildOf(url) === runtime)
      .catch(() => false)
      .finally(() => keeping.delete(runtime));
  keeping.set(runtime, underWay);
  page?.postMessage({ isComplete: await underWay });
}

const isRuntime = (url: string) => url.includes("ort-wasm");

/** One of the three builds of ONNX Runtime runs on this browser; the two others would be 30 MB for nothing. */
function buildOf(url: string): RuntimeBuild {
  if (url.includes(".jspi")) return "jspi";
  return url.includes(".asyncify") ? "asyncify" : "plain";
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (data.holds(url)) event.respondWith(data.answer(request));
  else event.respondWith(answerShell(request));
});

async function answerShell(request: Request): Promise<Response> {
  const url = isStartPage(request) ? "index.html" : request.url;
  const kept = await shell.matchPrecache(url);
  return withSecurityHeaders(request, kept ?? (await fetch(request)));
}

/** The site has one page; any other address that is opened in a tab is a file. */
function isStartPage(request: Request): boolean {
  return (
    request.mode === "navigate" &&
    new URL(request.url).pathname === new URL(scope.registration.scope).pathname
  );
}

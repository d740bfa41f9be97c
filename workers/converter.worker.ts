import { ADAPTER_SOURCES, MODEL_SOURCES } from "../src/config/model-sources.ts";
import type { ConverterApi } from "../src/core/protocol.ts";
import { createCancellation } from "./cancellation.ts";
import { createConverter } from "./converter/create-converter.ts";
import { createPackTools } from "./converter/pack-tools.ts";
import { openPieceStore } from "./converter/piece-store.ts";
import { createTurn } from "./converter/turn.ts";
import { exposeApi } from "./expose-api.ts";
import { createRetry, sleep } from "./retry.ts";

/** For a download of minutes: it survives some twenty seconds without a network, and a hub that asks for a minute. */
const DOWNLOAD_LIMITS = { attempts: 6, firstWaitMs: 700, longestWaitMs: 90_000, jitter: 0.5 };
/** Longest silence of a connection in milliseconds. */
const STALL_MS = 30_000;

const calls = createCancellation();
const opened = openPieceStore().then((store) => {
  const retry = createRetry(sleep, DOWNLOAD_LIMITS);
  const now = () => performance.now();
  const fetch = (input: RequestInfo | URL, init?: RequestInit) => self.fetch(input, init);
  const tools = { store, fetch, retry, now, stallMs: STALL_MS };
  return createConverter({
    tools,
    turn: createTurn(navigator.locks),
    places: { models: MODEL_SOURCES, adapters: ADAPTER_SOURCES },
    packTools: createPackTools,
  });
});

void exposeApi({
  list: (id) => calls.run(id, async () => (await opened).list()),
  make: (id, request, report) =>
    calls.run(id, async (signal) => (await opened).make(request, report, signal)),
  makeText: (id, packId, report) =>
    calls.run(id, async (signal) => (await opened).makeText(packId, report, signal)),
  files: (id, packId) => calls.run(id, async () => (await opened).files(packId)),
  remove: (id, packId) => calls.run(id, async () => (await opened).remove(packId)),
  discard: (id) => calls.run(id, async () => (await opened).discard()),
  cancel: (id) => calls.cancel(id),
} satisfies ConverterApi);

import type { SearchApi } from "../../src/core/protocol.ts";
import { createCancellation } from "../../workers/cancellation.ts";
import { exposeApi } from "../../workers/expose-api.ts";
import { createSearch } from "../../workers/search/create-search.ts";
import type { KernelState, RouterState } from "../../workers/search/opened-edition.ts";

/** The search worker with its network in memory: addresses lead to the files that the test puts there. */
export interface SearchInMemoryApi extends SearchApi {
  putFiles(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): void;
  router(): RouterState | null;
  kernel(): KernelState | null;
  /** Requests since the last call. */
  takeRequests(): number;
}

const served = new Map<string, Uint8Array<ArrayBuffer>>();
const calls = createCancellation();
let requests = 0;

const fetchFromMemory: typeof fetch = (input, init) => {
  requests++;
  const body = served.get(String(input));
  if (body === undefined) return Promise.resolve(new Response(null, { status: 404 }));
  const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get("Range") ?? "");
  if (range === null) return Promise.resolve(new Response(body));
  const [start, last] = [Number(range[1]), Number(range[2])];
  const headers = { "Content-Range": `bytes ${start}-${last}/${body.length}` };
  return Promise.resolve(new Response(body.slice(start, last + 1), { status: 206, headers }));
};
const search = createSearch({ fetch: fetchFromMemory });

void exposeApi({
  putFiles: (files) => {
    for (const [url, bytes] of files) served.set(url, bytes);
  },
  router: () => search.router(),
  kernel: () => search.kernel(),
  takeRequests: () => {
    const taken = requests;
    requests = 0;
    return taken;
  },
  open: (id, url, report) => calls.run(id, (signal) => search.open(url, report, signal)),
  search: (id, request, onAnswer, report) =>
    calls.run(id, (signal) => search.search(request, onAnswer, report, signal)),
  prepare: (id, requests) => calls.run(id, (signal) => search.prepare(requests, signal)),
  sentences: (id) => calls.run(id, (signal) => search.sentences(signal)),
  adoptVectors: (id, request) => calls.run(id, () => search.adoptVectors(request)),
  catalogue: (id) => calls.run(id, async () => search.catalogue()),
  source: (id, row) => calls.run(id, (signal) => search.source(row, signal)),
  work: (id, workId) => calls.run(id, async () => search.work(workId)),
  workText: (id, workId) => calls.run(id, (signal) => search.workText(workId, signal)),
  workImage: (id, workId, file) =>
    calls.run(id, (signal) => search.workImage(workId, file, signal)),
  kept: (id) => calls.run(id, () => search.kept()),
  download: (id, report) => calls.run(id, (signal) => search.download(report, signal)),
  removeKept: (id) => calls.run(id, () => search.removeKept()),
  cancel: (id) => calls.cancel(id),
} satisfies SearchInMemoryApi);

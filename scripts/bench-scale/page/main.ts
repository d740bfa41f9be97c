import { createSearchClient } from "../../../src/client/search-client.ts";
import { registerErrorTransfer } from "../../../src/client/spawn-worker.ts";
import type { SearchRequest } from "../../../src/core/protocol.ts";
import type { ScalePage, ScaleRequest, Searched } from "../scale-page.ts";

/** Tells the measuring script of an answer, which then looks at what was fetched so far. */
declare function noteWave(): Promise<void>;

const ANSWERS = 25;
const signal = new AbortController().signal;
const quietly = (): void => {};
registerErrorTransfer();
const client = createSearchClient();
let works = 0;

/** One byte a work: every k-th is kept. */
function worksMask(share: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: works }, (_, work) =>
    Math.floor((work + 1) * share) > Math.floor(work * share) ? 1 : 0,
  );
}

function requestOf({ query, variant, share, worksShare }: ScaleRequest): SearchRequest {
  return {
    query: Float32Array.from(query),
    variant,
    count: ANSWERS,
    ...(share !== undefined && { share }),
    ...(worksShare !== undefined && { works: worksMask(worksShare) }),
  };
}

const page: ScalePage = {
  async open(editionUrl) {
    const start = performance.now();
    const info = await client.open(signal, new URL(editionUrl, location.href).href, quietly);
    works = info.works;
    return { milliseconds: performance.now() - start, works, sentences: info.sentences };
  },
  async search(asked) {
    const start = performance.now();
    const waves: Searched["waves"][number][] = [];
    const notes: Promise<void>[] = [];
    const note = (scanned: number) => {
      waves.push({ milliseconds: performance.now() - start, scanned });
      notes.push(noteWave());
    };
    const request = requestOf(asked);
    const last = await client.search(signal, request, ({ scanned }) => note(scanned), quietly);
    note(last.scanned);
    await Promise.all(notes);
    const rows = last.found.map(({ row }) => row);
    const { total, isComplete, timings } = last;
    return { waves, total, isComplete, rows, timings };
  },
  async prepare(asked) {
    const start = performance.now();
    await client.prepare(signal, asked.map(requestOf));
    return performance.now() - start;
  },
  async download() {
    const start = performance.now();
    await client.download(signal, quietly);
    return performance.now() - start;
  },
};

Object.assign(globalThis, { bench: page });

import { transfer } from "comlink";
import type { SearchApi } from "../src/core/protocol.ts";
import { createCancellation } from "./cancellation.ts";
import { exposeApi } from "./expose-api.ts";
import { createSearch } from "./search/create-search.ts";

const calls = createCancellation();
const search = createSearch();

void exposeApi({
  open: (id, editionUrl, report) =>
    calls.run(id, (signal) => search.open(editionUrl, report, signal)),
  search: (id, request, onAnswer, report) =>
    calls.run(id, async (signal) => {
      const answer = await search.search(request, onAnswer, report, signal);
      return transfer(answer, [answer.vectors.buffer]);
    }),
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
} satisfies SearchApi);

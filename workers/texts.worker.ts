import { transfer } from "comlink";
import type { OwnTextsApi } from "../src/core/own-texts/protocol.ts";
import { createCancellation } from "./cancellation.ts";
import { exposeApi } from "./expose-api.ts";
import { createOwnTexts } from "./own-texts/create-own-texts.ts";
import { openEnclosedKernel } from "./own-texts/open-enclosed-kernel.ts";

const calls = createCancellation();
const channel = new BroadcastChannel("artefact-own-texts");
const texts = createOwnTexts({
  onChange: () => channel.postMessage("changed"),
  now: () => Date.now(),
  openKernel: openEnclosedKernel,
});

void exposeApi({
  library: (id, model) => calls.run(id, () => texts.library(model)),
  preview: (id, given) => calls.run(id, () => texts.preview(given)),
  add: (id, given, record) => calls.run(id, (signal) => texts.add(given, record, signal)),
  edit: (id, workId, record) => calls.run(id, () => texts.edit(workId, record)),
  remove: (id, workIds) => calls.run(id, () => texts.remove(workIds)),
  restore: (id, workIds) => calls.run(id, () => texts.restore(workIds)),
  purge: (id) => calls.run(id, () => texts.purge()),
  clear: (id) => calls.run(id, () => texts.clear()),
  unread: (id, model) => calls.run(id, () => texts.unread(model)),
  takeVectors: (id, request) => calls.run(id, () => texts.takeVectors(request)),
  search: (id, request) =>
    calls.run(id, async (signal) => {
      const answer = await texts.search(request, signal);
      return transfer(answer, [answer.vectors.buffer]);
    }),
  source: (id, row) => calls.run(id, () => texts.source(row)),
  exportAll: (id) => calls.run(id, (signal) => texts.exportAll(signal)),
  cancel: (id) => calls.cancel(id),
} satisfies OwnTextsApi);

import type { ConverterApi } from "../src/core/protocol.ts";
import { createCancellation } from "./cancellation.ts";
import { createConverter } from "./converter/create-converter.ts";
import { openPieceStore } from "./converter/piece-store.ts";
import { exposeApi } from "./expose-api.ts";

const calls = createCancellation();
const converter = openPieceStore().then((store) => createConverter({ store }));

exposeApi({
  list: (id) => calls.run(id, async () => (await converter).list()),
  make: (id, request, report) =>
    calls.run(id, async (signal) => (await converter).make(request, report, signal)),
  makeText: (id, packId, report) =>
    calls.run(id, async (signal) => (await converter).makeText(packId, report, signal)),
  files: (id, packId) => calls.run(id, async () => (await converter).files(packId)),
  remove: (id, packId) => calls.run(id, async (signal) => (await converter).remove(packId, signal)),
  cancel: (id) => calls.cancel(id),
} satisfies ConverterApi);

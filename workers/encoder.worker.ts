import { transfer } from "comlink";
import type { EncoderApi, ModelVariant } from "../src/core/protocol.ts";
import { createCancellation } from "./cancellation.ts";
import { createEncoder } from "./encoder/create-encoder.ts";
import { exposeApi } from "./expose-api.ts";

type Vectors = Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;

const calls = createCancellation();
const encoder = createEncoder();

/** The memory behind vectors, each once: both variants share theirs where a pack has no adapter. */
function buffersOf(...vectors: readonly Vectors[]): ArrayBuffer[] {
  return [...new Set(vectors.flatMap(({ base, adapted }) => [base.buffer, adapted.buffer]))];
}

void exposeApi({
  open: (id, request, report) => calls.run(id, (signal) => encoder.open(request, report, signal)),
  encodePicture: (id, picture, options, report) =>
    calls.run(id, async (signal) => {
      const encoded = await encoder.encodePicture(picture, options, report, signal);
      return transfer(encoded, buffersOf(encoded.whole, encoded.patches));
    }),
  encodeRegion: (id, request) =>
    calls.run(id, async (signal) => {
      const encoded = await encoder.encodeRegion(request, signal);
      return transfer(encoded, buffersOf(encoded.whole));
    }),
  explain: (id, request) =>
    calls.run(id, async () => {
      const maps = encoder.explain(request);
      return transfer(maps, [maps.buffer]);
    }),
  embedTexts: (id, texts, report) =>
    calls.run(id, async (signal) => {
      const vectors = await encoder.embedTexts(texts, report, signal);
      return transfer(vectors, buffersOf(vectors));
    }),
  addText: (id, files) => calls.run(id, () => encoder.addText(files)),
  cancel: (id) => calls.cancel(id),
} satisfies EncoderApi);

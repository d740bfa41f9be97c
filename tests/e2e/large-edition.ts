import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateCorpus } from "../../scripts/bench-scale/corpus/generate-corpus.ts";
import { buildEdition } from "../../scripts/build-index/build-edition.ts";
import { type BuildOptions, DEFAULT_OPTIONS } from "../../scripts/build-index/build-options.ts";
import { isUpToDate, noteSources } from "../../scripts/build-index/up-to-date.ts";

const atRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const CORPUS = atRoot(".cache/large-edition/corpus");

/** Enough that a search over a connection that is to be spared, which fetches 4 MiB of codes unasked, leaves some out. */
export const LARGE_SENTENCES = 17_000;
/** Where the edition is built: a cache that git ignores. */
export const LARGE_EDITION = atRoot(".cache/large-edition/edition");

/** Builds an edition of synthetic vectors, for the demo encoder as far as the page can tell, unless it is there. */
export async function buildLargeEdition(signal: AbortSignal): Promise<void> {
  const quiet = () => undefined;
  const corpus = {
    out: CORPUS,
    sentences: LARGE_SENTENCES,
    dim: 512,
    works: 40,
    seed: 1,
    alpha: 1,
    shared: 0.25,
    hubShare: 0.5,
    images: 20,
    trainingImages: 100,
    texts: 20,
    patchedImages: 1,
    condition: null,
    threads: 1,
  };
  await generateCorpus(corpus, quiet, signal);
  const options: BuildOptions = {
    ...DEFAULT_OPTIONS,
    json: join(CORPUS, "json"),
    embeddings: {
      place: join(CORPUS, "clip_embeddings.safetensors"),
      ids: join(CORPUS, "clip_embeddings_sentence_ids.json"),
    },
    model: atRoot("public/models/demo"),
    name: "A large edition",
    out: LARGE_EDITION,
    arithmetic: "cpu",
    threads: 1,
  };
  if (await isUpToDate(options, signal)) return;
  await buildEdition(options, { kind: "whole" }, quiet, signal);
  await noteSources(options, signal);
}

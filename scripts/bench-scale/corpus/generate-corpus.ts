import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatSafetensors } from "../../../src/core/model/safetensors.ts";
import { BuildError } from "../../build-index/build-error.ts";
import { measureHubShare } from "../../build-index/prove/hub-share.ts";
import { drawAdapter, type SyntheticAdapter } from "./adapter.ts";
import { type CorpusOptions, type CorpusPlan, planCorpus, STREAMS } from "./corpus-plan.ts";
import { openProgress } from "./corpus-progress.ts";
import { drawImages, drawPatches, scaleAlongMean } from "./image-drawer.ts";
import { writeJsonFiles } from "./json-files.ts";
import { drawLatents, type Latents } from "./latents.ts";
import { TextDrawer } from "./text-drawer.ts";
import { vectorsHeader, writeVectors } from "./write-vectors.ts";

/** What is written where. */
export interface GenerateOptions extends CorpusOptions {
  readonly out: string;
  /** Wanted hub share of the pictures; see `measureHubShare`. */
  readonly hubShare: number;
  /** Pictures to test with and to train with, texts to test with. */
  readonly images: number;
  readonly trainingImages: number;
  readonly texts: number;
  /** Pictures of which 49 patches are written. */
  readonly patchedImages: number;
  /** Condition number of the text projection behind the adapted vectors; null: no adapter. */
  readonly condition: number | null;
  readonly threads: number;
}

/** The files of a corpus, as ArteFact names its own where it has them. */
export const CORPUS_FILES = {
  json: "json",
  embeddings: "clip_embeddings.safetensors",
  ids: "clip_embeddings_sentence_ids.json",
  adapted: "paintingclip_embeddings.safetensors",
  adaptedIds: "paintingclip_embeddings_sentence_ids.json",
  images: "image_queries.safetensors",
  trainingImages: "image_training.safetensors",
  texts: "text_queries.safetensors",
  patches: "patch_queries.safetensors",
  description: "corpus.json",
  note: "generated.json",
} as const;

/** Patches of one picture: the grid that the page shows. */
export const PATCHES = 49;
/** Rows that the hub share is measured on. */
const SAMPLE = 20_000;
/** The hub share may differ so much from the wanted one. */
const TOLERANCE = 1e-3;
const MOST_FACTOR = 16;

/**
 * Writes a synthetic corpus: vectors as a cross-modal model gives them (two cones with a gap, spectra that fall as a power
 * law, topics, works and themes, near-duplicates), sentences, works, pictures to ask with. Equal options give equal bytes;
 * a run that was stopped goes on where it was.
 *
 * @throws BuildError for options that no corpus can have
 */
export async function generateCorpus(
  options: GenerateOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { out, dim, sentences } = options;
  const plan = planCorpus(options);
  await mkdir(out, { recursive: true });
  const progress = await openProgress(join(out, CORPUS_FILES.note), keyOf(options));
  const latents = drawLatents(plan);
  log("drew bases, topics, works and themes");
  const adapter = options.condition === null ? null : drawAdapter(options, options.condition);
  const description = await writeQueries(options, plan, latents, log);
  if (adapter !== null) await writeAdapter(out, adapter);
  const idsPaths = [join(out, CORPUS_FILES.ids)];
  if (adapter !== null) idsPaths.push(join(out, CORPUS_FILES.adaptedIds));
  await writeJsonFiles(plan, join(out, CORPUS_FILES.json), idsPaths, signal);
  log("wrote sentences, works and ids");
  const start = vectorsHeader(sentences, dim).length;
  const began = performance.now();
  let logged = began;
  let firstRows: number | null = null;
  const onRows = (rows: number) => {
    firstRows ??= rows;
    const now = performance.now();
    if (now - logged < 10_000) return;
    logged = now;
    const left = ((now - began) / Math.max(1, rows - firstRows)) * (sentences - rows);
    log(`${rows} of ${sentences} rows, ${Math.ceil(left / 1000)} s left`);
  };
  await writeVectors(
    {
      start: {
        options: {
          sentences,
          dim,
          works: options.works,
          seed: options.seed,
          alpha: options.alpha,
          shared: options.shared,
        },
        latents,
        base: { path: join(out, CORPUS_FILES.embeddings), start },
        adapted:
          adapter === null
            ? null
            : { path: join(out, CORPUS_FILES.adapted), start, transform: adapter.transform },
      },
      threads: options.threads,
      progress,
    },
    onRows,
    signal,
  );
  await writeFile(join(out, CORPUS_FILES.description), `${JSON.stringify(description, null, 2)}\n`);
}

/** Everything that the files depend on. */
function keyOf({ out: _, threads: __, ...rest }: GenerateOptions): string {
  return JSON.stringify(rest);
}

async function writeQueries(
  options: GenerateOptions,
  plan: CorpusPlan,
  latents: Latents,
  log: (line: string) => void,
) {
  const { dim, out } = options;
  const drawer = new TextDrawer(plan, latents);
  const sample = drawer.testTexts(SAMPLE, STREAMS.sample);
  const images = drawImages(plan, latents, options.images, STREAMS.image);
  const { factor, hubShare } = findFactor(images, latents.imageMean, sample, options.hubShare);
  log(
    `hub share ${hubShare.toFixed(4)}: the pictures' component along their mean times ${factor.toFixed(4)}`,
  );
  scaleAlongMean(images, latents.imageMean, factor);
  const training = drawImages(plan, latents, options.trainingImages, STREAMS.trainingImage);
  scaleAlongMean(training, latents.imageMean, factor);
  const patched = images.subarray(0, options.patchedImages * dim);
  await writeVectorsFile(join(out, CORPUS_FILES.images), images, dim);
  await writeVectorsFile(join(out, CORPUS_FILES.trainingImages), training, dim);
  await writeVectorsFile(join(out, CORPUS_FILES.texts), drawer.testTexts(options.texts), dim);
  const patches = drawPatches(plan, latents, patched, PATCHES);
  await writeVectorsFile(join(out, CORPUS_FILES.patches), patches, dim);
  const { sentences, works, seed, alpha, shared, condition } = options;
  return { sentences, dim, works, seed, alpha, shared, condition, hubShare, factor };
}

async function writeVectorsFile(path: string, data: Float32Array<ArrayBuffer>, dim: number) {
  const shape = [data.length / dim, dim];
  await writeFile(path, formatSafetensors([{ name: "embeddings", shape, data }]));
}

async function writeAdapter(out: string, { files }: SyntheticAdapter): Promise<void> {
  for (const [name, bytes] of files) {
    await mkdir(dirname(join(out, name)), { recursive: true });
    await writeFile(join(out, name), bytes);
  }
}

/** The factor along the mean picture that gives the wanted hub share, which grows with it: by bisection. */
function findFactor(
  images: Float32Array,
  mean: Float32Array,
  sample: Float32Array,
  wanted: number,
): { readonly factor: number; readonly hubShare: number } {
  const shareAt = (factor: number): number => {
    const scaled = images.slice();
    scaleAlongMean(scaled, mean, factor);
    return measureHubShare(sample, scaled, mean.length);
  };
  let low = 0;
  let high = MOST_FACTOR;
  if (wanted <= shareAt(low)) return { factor: low, hubShare: shareAt(low) };
  if (wanted >= shareAt(high)) throw new BuildError(`no pictures have a hub share of ${wanted}`);
  for (;;) {
    const factor = (low + high) / 2;
    const hubShare = shareAt(factor);
    if (Math.abs(hubShare - wanted) < TOLERANCE) return { factor, hubShare };
    if (hubShare < wanted) low = factor;
    else high = factor;
  }
}

import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import { createLowRankTransform } from "../../src/core/edition/low-rank-transform.ts";
import { conditionNumber } from "../../src/core/model/condition-number.ts";
import { adaptedTextTransform } from "../../src/core/model/text-transform.ts";
import { type NodeEncoder, openPackInNode } from "../build-model/node-sessions.ts";
import { BuildError } from "./build-error.ts";
import { type Corpus, readCorpus } from "./corpus.ts";
import { makeEditionFiles } from "./edition-files.ts";
import { embedCorpus } from "./embed-corpus.ts";
import { normalizeInPlace, readEmbeddings, readMatrix } from "./embeddings.ts";
import { measureIdentity } from "./measure-identity.ts";
import { openFolderEdition } from "./open-folder.ts";
import { makeProofQueries } from "./prove/proof-queries.ts";
import { proveEdition } from "./prove/prove-edition.ts";
import { provedFolder } from "./proved-folder.ts";
import { describeEdition, digest, gzip, publish, writeFiles } from "./write-edition.ts";

/** What an edition is built from. Embeddings are read where they are given, computed with the model where they are not. */
export interface BuildOptions {
  /** Folder with sentences.json and works.json. */
  readonly json: string;
  /** Folder with the works' Markdown, `<work>/<work>.md`, or null. */
  readonly markdown: string | null;
  /** Folder of the model pack, or null: then embeddings and a fingerprint are given. */
  readonly model: string | null;
  readonly embeddings: { readonly path: string; readonly ids: string } | null;
  /** Fingerprint of the model that made the embeddings, where there is no pack. */
  readonly fingerprint: string | null;
  /** Safetensors file with image vectors to measure recall with, or null. */
  readonly queries: string | null;
  /** True for notes that this project wrote itself, which the page marks as such. */
  readonly areProjectNotes: boolean;
  readonly name: string;
  readonly out: string;
  readonly seed: number;
}

/** Says what is being done, a line at a time. */
export type Log = (line: string) => void;

interface BaseVectors {
  readonly dim: number;
  readonly vectors: Float32Array<ArrayBuffer>;
  /** The adapted vectors as the encoder gives them, where it was asked. */
  readonly adapted: Float32Array<ArrayBuffer> | null;
}

/**
 * Builds an edition, reads it back with the page's own reader, measures it, and publishes it by writing its manifest.
 *
 * @throws BuildError for input that does not fit; AppError for a pack or an edition that does not read back
 */
export async function buildEdition(
  options: BuildOptions,
  log: Log,
  signal: AbortSignal,
): Promise<EditionManifest> {
  const corpus = await readCorpus(options.json, options.markdown, options.areProjectNotes);
  log(`corpus: ${corpus.sentences.length} sentences in ${corpus.works.length} works`);
  log(describeCoverage(corpus));
  const encoder = options.model === null ? null : await openPackInNode(options.model);
  if (encoder !== null) requireTexts(encoder);
  const fingerprint = encoder?.manifest.fingerprint ?? options.fingerprint;
  if (fingerprint === null) throw new BuildError("give --model or --fingerprint");
  const adapter = encoder?.manifest.adapter ?? null;
  const { dim, vectors, adapted } = await readVectors(options, corpus, encoder, log, signal);
  if (dim % 4 !== 0) throw new BuildError(`vectors of ${dim} numbers: not a multiple of four`);
  const ids = corpus.sentences.map(({ sentenceId }) => sentenceId);
  const changed = normalizeInPlace({ dim, vectors }, ids);
  if (changed > 0) log(`normalised ${changed} vectors that were not of unit length`);

  const transform = encoder === null ? null : transformOf(encoder, dim);
  const images = await readQueries(options, dim);
  const asked = { dim, sample: vectors, images, texts: null, seed: options.seed };
  const [queries] = makeProofQueries(asked);
  const identity =
    transform === null || queries === undefined
      ? null
      : measureIdentity(transform, vectors, adapted, queries.vectors);
  const files = makeEditionFiles(
    { corpus, dim, vectors, transform, seed: options.seed, gzip, digest },
    (pass, moved) => log(`clustering: pass ${pass}, ${moved} rows moved`),
  );
  const draft = describeEdition(files, {
    name: options.name,
    fingerprint,
    works: corpus.works.length,
    adapted:
      transform === null || adapter === null || identity === null
        ? null
        : {
            kind: "shared",
            fingerprint: adapter.fingerprint,
            rank: transform.rank,
            ...identity,
            conditionNumber: conditionOf(encoder, dim),
          },
  });
  if (draft.adapted?.kind === "shared") {
    const { rank, identityError, conditionNumber } = draft.adapted;
    log(
      `one index for both models: rank ${rank}, largest error ${identityError}, condition ${conditionNumber}`,
    );
  }
  await writeFiles(options.out, draft, files);
  const folder = await openFolderEdition(options.out, draft, signal);
  try {
    const index = await provedFolder(folder, signal);
    const base = { index, stream: () => allAtOnce(vectors, dim) };
    const task = { ...asked, base, adapted: null, kernel: plainKernel };
    const manifest = { ...draft, proof: await proveEdition(task, () => undefined, signal) };
    await publish(options.out, manifest);
    return manifest;
  } finally {
    await folder.close();
  }
}

async function* allAtOnce(vectors: Float32Array, dim: number) {
  yield { rows: Uint32Array.from({ length: vectors.length / dim }, (_, row) => row), vectors };
}

/** How many works have a text, and how many sentences were found in it. */
function describeCoverage({ texts }: Corpus): string {
  const known = texts.filter((text) => text !== null);
  const spans = known.flatMap((text) => text.spans);
  const found = spans.filter((span) => span !== null).length;
  const share = spans.length === 0 ? 0 : (100 * found) / spans.length;
  return `sources: ${known.length} of ${texts.length} works; ${found} of ${spans.length} sentences found in them (${share.toFixed(2)} %)`;
}

async function readVectors(
  options: BuildOptions,
  corpus: Corpus,
  encoder: NodeEncoder | null,
  log: Log,
  signal: AbortSignal,
): Promise<BaseVectors> {
  const { sentences } = corpus;
  if (options.embeddings !== null) {
    const { path, ids } = options.embeddings;
    const sentenceIds = sentences.map(({ sentenceId }) => sentenceId);
    const read = await readEmbeddings(path, ids, sentenceIds);
    if (encoder !== null && encoder.manifest.dim !== read.dim) {
      throw new BuildError(
        `vectors of ${read.dim} numbers, the model's have ${encoder.manifest.dim}`,
      );
    }
    return { ...read, adapted: null };
  }
  if (encoder === null) throw new BuildError("give --embeddings with --ids, or --model");
  const texts = sentences.map(({ text }) => text);
  let nextLog = 0;
  const onProgress = (done: number) => {
    if (done < nextLog && done < texts.length) return;
    log(`embedding: ${done} of ${texts.length} sentences`);
    nextLog = done + texts.length / 10;
  };
  const vectors = await embedCorpus(encoder, texts, onProgress, signal);
  const hasAdapter = encoder.manifest.variants.adapted !== null;
  const { dim } = encoder.manifest;
  return { dim, vectors: vectors.base, adapted: hasAdapter ? vectors.adapted : null };
}

/** Sentences, and what an adapter does to them, need the text part of a pack. */
function requireTexts({ manifest }: NodeEncoder): void {
  if (manifest.text !== null) return;
  throw new BuildError(
    `the pack ${manifest.packId} has no text part: build it without --vision-only`,
  );
}

function transformOf({ manifest: { text }, textTensors }: NodeEncoder, dim: number) {
  if (text === null || textTensors === null || textTensors.textUpdate === null) return null;
  const { textUpdate, textProjection } = textTensors;
  const { left, right, rank } = adaptedTextTransform(textProjection.base, textUpdate, dim);
  return createLowRankTransform(dim, rank, left, right);
}

/** The condition number of the text projection. */
function conditionOf(encoder: NodeEncoder | null, dim: number): number {
  const projection = encoder?.textTensors?.textProjection.base;
  return projection === undefined ? 1 : conditionNumber(projection, dim);
}

/** Vectors of pictures to measure with, where they are given. */
async function readQueries(options: BuildOptions, dim: number): Promise<Float32Array | null> {
  if (options.queries === null) return null;
  const images = await readMatrix(options.queries);
  if (images.dim !== dim) throw new BuildError(`queries of ${images.dim} numbers for ${dim}`);
  const names = Array.from({ length: images.vectors.length / dim }, (_, row) => `query ${row}`);
  normalizeInPlace(images, names);
  return images.vectors;
}

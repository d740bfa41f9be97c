import { MOST_DIM } from "../../src/core/edition/edition-manifest.ts";
import type { Rows } from "./arithmetic.ts";
import { BuildError } from "./build-error.ts";
import type { BuildOptions } from "./build-options.ts";
import { createRows } from "./create-rows.ts";
import { embedCorpus } from "./embed-corpus.ts";
import type { LaidOutTexts } from "./laid-out-texts.ts";
import type { PreparedCorpus } from "./prepare-corpus.ts";
import type { ReportPhase } from "./progress.ts";
import { findVectors, type VectorsKind } from "./vectors/find-vectors.ts";
import type { IdJoin } from "./vectors/join-ids.ts";
import { openMatrix } from "./vectors/open-matrix.ts";
import { type VectorSource, vectorsInMemory, vectorsOfFile } from "./vectors/vector-source.ts";
import type { WorkFolder } from "./work-folder.ts";

/** The vectors that an edition is built from. */
export interface PreparedVectors {
  readonly base: VectorSource;
  /** The same sentences as the adapted model embeds them: published, or made with the pack; null where there are none. */
  readonly adapted: VectorSource | null;
  close(): Promise<void>;
}

const EMBEDDED = "embedded";

interface Embedded {
  readonly base: Float32Array;
  readonly adapted: Float32Array | null;
}

/**
 * Opens the vectors of a corpus: those given, or those that the pack makes of the texts, which are kept.
 *
 * @throws BuildError where neither is given, or vectors do not fit
 */
export async function prepareVectors(
  options: BuildOptions,
  corpus: PreparedCorpus,
  texts: LaidOutTexts,
  folder: WorkFolder,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<PreparedVectors> {
  if (options.embeddings === null) {
    return embedTexts(options, texts, folder, report, signal);
  }
  const base = await openVectors("base", options, corpus.base, signal);
  try {
    const adapted =
      options.paintingEmbeddings === null
        ? null
        : await openVectors("painting", options, corpus.painting, signal);
    if (adapted !== null && adapted.dim !== base.dim) {
      throw new BuildError(
        `${adapted.name} has ${adapted.dim} numbers a row, ${base.name} ${base.dim}`,
      );
    }
    return {
      base,
      adapted,
      async close() {
        await base.close();
        await adapted?.close();
      },
    };
  } catch (error) {
    await base.close();
    throw error;
  }
}

async function openVectors(
  kind: VectorsKind,
  options: BuildOptions,
  join: IdJoin | null,
  signal: AbortSignal,
): Promise<VectorSource> {
  const where = kind === "base" ? options.embeddings : options.paintingEmbeddings;
  if (where === null || join === null) throw new BuildError(`no ${kind} embeddings were joined`);
  const { vectors, ids } = await findVectors(kind, where.place, where.ids, signal);
  await ids.close();
  try {
    const file = await openMatrix(vectors, signal);
    if (file.dim % 4 !== 0) {
      throw new BuildError(`vectors of ${file.dim} numbers: not a multiple of four`);
    }
    if (file.dim > MOST_DIM) {
      throw new BuildError(`vectors of ${file.dim} numbers: an edition has ${MOST_DIM} at most`);
    }
    return vectorsOfFile(file, join.fileRows);
  } catch (error) {
    await vectors.close();
    throw error;
  }
}

async function embedTexts(
  options: BuildOptions,
  texts: LaidOutTexts,
  folder: WorkFolder,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<PreparedVectors> {
  if (options.model === null) throw new BuildError("give --embeddings with --ids, or --model");
  // Loaded only where it is needed: the runtime of models takes longer to start than all of the rest.
  const { openPackInNode } = await import("../build-model/node-sessions.ts");
  const encoder = await openPackInNode(options.model);
  const { dim, variants } = encoder.manifest;
  let embedded = await readEmbedded(folder);
  if (embedded === null) {
    const all = await texts.readAll(signal);
    const onProgress = (done: number) => report("embed", done, all.length);
    onProgress(0);
    const made = await embedCorpus(encoder, all, onProgress, signal);
    embedded = { base: made.base, adapted: variants.adapted === null ? null : made.adapted };
    await folder.write(EMBEDDED, embedded);
  }
  const { base, adapted } = embedded;
  return {
    base: vectorsInMemory(shareRows(base, dim), "the model's vectors"),
    adapted:
      adapted === null
        ? null
        : vectorsInMemory(shareRows(adapted, dim), "the adapted model's vectors"),
    close: () => Promise.resolve(),
  };
}

/** What an earlier run embedded; the folder checked the hash. */
async function readEmbedded(folder: WorkFolder): Promise<Embedded | null> {
  return (await folder.read(EMBEDDED)) as Embedded | null;
}

function shareRows(values: Float32Array, dim: number): Rows {
  const rows = createRows(values.length / dim, dim);
  rows.values.set(values);
  return rows;
}

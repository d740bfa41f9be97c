import {
  EDITION_CODING,
  EDITION_FORMAT,
  EDITION_VERSION,
  type EditionManifest,
  type ExactRows,
} from "../../src/core/edition/edition-manifest.ts";
import type { AdaptedIndex } from "../../src/core/edition/manifest-adapted.ts";
import type { EditionFiles } from "../../src/core/edition/manifest-files.ts";
import type { Begun } from "./begun.ts";
import { BuildError } from "./build-error.ts";
import type { BuildContext, IndexTask, WrittenIndex } from "./build-one-index.ts";
import type { BuildOptions } from "./build-options.ts";
import type { AdaptedPlan } from "./decide-adapted.ts";
import type { LaidOutTexts } from "./laid-out-texts.ts";
import { copyChunkedFile } from "./layout/edition-file.ts";
import { layoutPaths } from "./prepare-corpus.ts";
import type { PreparedVectors } from "./prepare-vectors.ts";
import { readBack } from "./prove/read-back.ts";
import { proveWritten } from "./prove-written.ts";
import type { Pictures } from "./read-pictures.ts";
import type { VectorSource } from "./vectors/vector-source.ts";
import { publishEdition, sha256 } from "./write-edition.ts";

/** Describes what was written, proves it, and publishes it. */
export async function publishWritten(
  { arithmetic, folder, log, report }: BuildContext,
  { options, fingerprint, corpus, signal }: Begun,
  vectors: PreparedVectors,
  plan: AdaptedPlan,
  tasks: readonly IndexTask[],
  written: readonly WrittenIndex[],
  pictures: Pictures,
  texts: LaidOutTexts,
): Promise<EditionManifest> {
  const [base, second] = written;
  if (base === undefined) throw new RangeError("no index was written");
  if (base.renormalized > 0) {
    log(`normalised ${base.renormalized} vectors that were not of unit length`);
  }
  const exact = exactOf(options, vectors.base, base.renormalized);
  const paths = layoutPaths(folder);
  const { out, name } = options;
  const files: EditionFiles = {
    ...base.files,
    works: await copyChunkedFile(out, "works", paths.works, signal),
    texts: await copyChunkedFile(out, "texts", paths.texts, signal),
    sources: await copyChunkedFile(out, "sources", paths.sources, signal),
    similar: await copyChunkedFile(out, "similar", paths.similar, signal),
  };
  const adapted = adaptedOf(plan, second, options);
  const all = [files, ...(adapted?.kind === "own" ? [adapted.files] : [])];
  const hashes = all.flatMap((some) => Object.values(some).map(({ sha256: hash }) => hash));
  const draft: EditionManifest = {
    format: EDITION_FORMAT,
    version: EDITION_VERSION,
    editionId: sha256(JSON.stringify([EDITION_VERSION, name, fingerprint, ...hashes])).slice(0, 16),
    name,
    sentences: corpus.sentences,
    works: corpus.sentencesOfWorks.length,
    dim: vectors.base.dim,
    fingerprint,
    clusters: base.clusters,
    coding: EDITION_CODING,
    exact,
    adapted,
    files,
    proof: null,
    images: corpus.images,
    quality: corpus.quality,
  };
  await readBack(out, draft, (done, total) => report("read-back", done, total), signal);
  const context = { arithmetic, tasks, pictures, idOf: texts.idOf, seed: options.seed, report };
  const manifest = { ...draft, proof: await proveWritten(out, draft, context, signal) };
  await publishEdition(out, manifest);
  return manifest;
}

/**
 * Where the exact rows of an edition are.
 *
 * @throws BuildError where they would stay in a file that the page refuses rows of
 */
export function exactOf(
  { exact }: Pick<BuildOptions, "exact">,
  base: Pick<VectorSource, "external" | "name">,
  renormalized: number,
): ExactRows | null {
  if (exact === "none") return null;
  if (exact !== "external") return { kind: "file", type: exact };
  if (renormalized > 0) {
    throw new BuildError(
      `--exact external: ${renormalized} rows of ${base.name} are not of unit length, and the page takes no others. Build with --exact f16, or publish rows of unit length.`,
    );
  }
  return base.external === null ? null : { kind: "external", ...base.external };
}

function adaptedOf(
  plan: AdaptedPlan,
  second: WrittenIndex | undefined,
  { exact }: BuildOptions,
): AdaptedIndex | null {
  if (plan.kind === "shared") return plan.facts;
  if (plan.kind === "none" || second === undefined) return null;
  const { fingerprint, why } = plan;
  const ofRows: ExactRows | null =
    exact === "f32" || exact === "f16" ? { kind: "file", type: exact } : null;
  return {
    kind: "own",
    fingerprint,
    why,
    clusters: second.clusters,
    exact: ofRows,
    files: second.files,
  };
}

import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import type { Proof } from "../../../src/core/edition/manifest-proof.ts";
import { measureHubShare } from "./hub-share.ts";
import { makeProofQueries } from "./proof-queries.ts";
import { proveIndex, type ReportShare } from "./prove-index.ts";
import type { ProvedIndex, StreamRows } from "./proved-index.ts";

/** An index as it was written, and the vectors that it was written from. */
interface IndexToProve {
  readonly index: ProvedIndex;
  readonly stream: StreamRows;
}

/** What an edition is proved with. */
export interface EditionToProve {
  readonly base: IndexToProve;
  /** The second index, of adapted vectors, where the edition has one. */
  readonly adapted: IndexToProve | null;
  /** Some base vectors of the corpus, unit rows drawn at random [count × dim]: 20,000 or all of them. */
  readonly sample: Float32Array;
  /** Vectors of pictures and of phrases that are not in the corpus, unit rows, or null. */
  readonly images: Float32Array | null;
  readonly texts: Float32Array | null;
  readonly seed: number;
  readonly kernel: ScanKernel;
}

/**
 * Measures an edition that was written, for its manifest: the hub share, and recall and regret of every variant, for
 * pictures, patches and texts.
 *
 * @param report how far it is, 0 … 1
 * @throws AppError where an index does not read back; an AbortError after `signal`
 */
export async function proveEdition(
  edition: EditionToProve,
  report: ReportShare,
  signal: AbortSignal,
): Promise<Proof> {
  const { base, adapted, sample, images, texts, seed, kernel } = edition;
  const { dim } = base.index.router;
  const hubShare = images === null ? null : measureHubShare(sample, images, dim);
  const queries = makeProofQueries({ dim, sample, images, texts, seed });
  const parts = adapted === null ? 1 : 2;
  const first = (share: number) => report(share / parts);
  const figures = await proveIndex({ ...base, queries, vectors: "base", kernel }, first, signal);
  if (adapted === null) return { hubShare, figures };
  const second = (share: number) => report((1 + share) / parts);
  const task = { ...adapted, queries, vectors: "adapted", kernel } as const;
  return { hubShare, figures: [...figures, ...(await proveIndex(task, second, signal))] };
}

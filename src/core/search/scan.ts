import type { ClusterCodes } from "../edition/codes-file.ts";
import { dotCodes } from "./dot.ts";

/**
 * Scores the rows of a cluster: score_i = factor_i · scale_i · <query, code_i>, into `scores` [count].
 * A kernel in WebAssembly can take this one's place: same arguments, same numbers.
 *
 * @param query [dim]; for the adapted variant Mᵀq
 * @param factors 1 / ‖M · t_i‖ by row for the adapted variant, null for the base
 */
export type ScanKernel = (
  query: Float32Array,
  cluster: ClusterCodes,
  factors: Float32Array | null,
  scores: Float32Array,
) => void;

/** The kernel in plain TypeScript; allocates nothing. */
export const scanCluster: ScanKernel = (query, cluster, factors, scores) => {
  const { codes, scales, count } = cluster;
  const dim = query.length;
  for (let row = 0; row < count; row++) {
    const scale = (scales[row] ?? 0) * (factors === null ? 1 : (factors[row] ?? 0));
    scores[row] = scale * dotCodes(query, codes, row * dim, dim);
  }
};

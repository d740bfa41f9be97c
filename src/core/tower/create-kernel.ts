import type { KernelJob, KernelJobs } from "../kernel-jobs.ts";
import type { KernelMemory, KernelProduct, TowerKernel } from "./kernel.ts";
import {
  SCRATCH_BYTES,
  SCRATCH_START,
  type TowerExports,
  type TowerOperation,
} from "./kernel-exports.ts";

/** Groups of 16 columns in one piece of a product: a third of a millisecond, and every thread gets several. */
const GROUPS_A_PIECE = 4;

/** Helpers of a kernel on other threads. */
export interface KernelHelpers {
  readonly count: number;
  readonly jobs: KernelJobs<TowerOperation>;
  /** Ends their threads. */
  release(): void;
}

const SCRATCH = { address: SCRATCH_START, bytes: SCRATCH_BYTES };

function productJob(product: KernelProduct): KernelJob<TowerOperation> {
  const { quantized, rowScales, weights, bias, residual, out, stride, tiles } = product;
  const { blocks, groups } = product;
  return {
    operation: "multiply",
    parameters: [quantized, rowScales, weights, bias, residual, out, stride, tiles, blocks],
    count: groups,
    piece: GROUPS_A_PIECE,
    scratch: SCRATCH,
  };
}

/**
 * A kernel on its WebAssembly.
 *
 * @param helpers other threads over the same memory, or null to compute on the calling thread alone
 */
export function createKernel(
  exports: TowerExports,
  memory: KernelMemory,
  helpers: KernelHelpers | null,
): TowerKernel {
  const run = (job: KernelJob<TowerOperation>): void => {
    if (helpers !== null) helpers.jobs.run(job);
    else exports[job.operation](...job.parameters, 0, job.count, SCRATCH_START);
  };
  return {
    memory,
    base: SCRATCH_START + ((helpers?.count ?? 0) + 1) * SCRATCH_BYTES,
    quantizeRows: exports.quantizeRows,
    multiply: (product) => run(productJob(product)),
    layerNorm: exports.layerNorm,
    quickGelu: exports.quickGelu,
    attention({ qkv, out, tokens, width, heads, causal }) {
      const parameters = [qkv, out, tokens, width, width / heads, causal ? 1 : 0];
      run({ operation: "attention", parameters, count: heads, piece: 1, scratch: SCRATCH });
    },
    release: () => helpers?.release(),
  };
}

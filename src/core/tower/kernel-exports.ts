/** What the WebAssembly of `workers/encoder/kernel/assembly/tower.ts` exports; parameters as there. */
export type TowerExports = Readonly<
  Record<
    "quantizeRows" | "multiply" | "layerNorm" | "quickGelu" | "attention",
    (...parameters: readonly number[]) => void
  >
>;

/** The exports that work on a range, which threads share. */
export const TOWER_OPERATIONS = ["multiply", "attention"] as const;
export type TowerOperation = (typeof TOWER_OPERATIONS)[number];

/** The first kilobyte stays free, as compilers expect; threads agree there on what to do. */
export const SCRATCH_START = 1024;
/** Room for one row of scores on each thread: 4,096 tokens, the finest grid that a tower of this family could have. */
export const SCRATCH_BYTES = 16_384;

/** True for the exports that a WebAssembly module should have. */
export function isTowerExports(exports: object): exports is TowerExports {
  return ["quantizeRows", "multiply", "layerNorm", "quickGelu", "attention"].every(
    (name) => name in exports,
  );
}

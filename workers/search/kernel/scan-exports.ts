/** What the WebAssembly of `assembly/scan.ts` exports; parameters as there. */
export type ScanExports = Readonly<
  Record<
    "scanJobs" | "scanJobsBatched" | "scanSigns" | "scanCentroids" | "unpackRows",
    (...parameters: readonly number[]) => void
  >
>;

const NAMES = ["scanJobs", "scanJobsBatched", "scanSigns", "scanCentroids", "unpackRows"] as const;

/** The exports that work on a range of jobs, which threads share. */
export const SCAN_OPERATIONS = ["scanJobs", "scanJobsBatched"] as const;
export type ScanOperation = (typeof SCAN_OPERATIONS)[number];

/** The first kilobyte stays free, as compilers expect; threads can agree there on what to do. */
export const FREE_START = 1024;

/** True for the exports that a WebAssembly module should have. */
export function isScanExports(exports: object): exports is ScanExports {
  return NAMES.every((name) => name in exports);
}

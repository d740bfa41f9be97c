// `npm run build:kernel`: compiles the kernels from AssemblyScript to WebAssembly; the tower's with and without shared
// memory, the scan's with and without relaxed SIMD besides. The results are committed, so that nothing else needs the compiler; tests compare them with their sources.
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const TOWER = "workers/encoder/kernel";
const SEARCH = "workers/search/kernel";
/** Most memory of a shared kernel: the maximum has to be declared, and 1 GiB of address space can always be had. */
const MOST_PAGES = 16_384;
/** Of the scan's: all that a 32-bit address reaches. Whoever makes the memory decides on less. */
const MOST_SCAN_PAGES = 65_536;

const RELAXED = "simd,relaxed-simd";
const COMMON = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory"];

/**
 * @param {number} mostPages how far the memory that the threads share may grow, in pages of 64 KiB
 * @param {string} simd
 */
const withThreads = (mostPages, simd = "simd") => [
  ...["--enable", `${simd},threads`, "--sharedMemory", "--initialMemory", "1"],
  ...["--maximumMemory", String(mostPages)],
];

/** The kernels' builds, by file name: the folder that the file lies in, its source there, and the compiler's options. */
export const KERNEL_BUILDS = {
  "tower.wasm": { folder: TOWER, source: "assembly/tower.ts", options: ["--enable", "simd"] },
  "tower-threads.wasm": {
    folder: TOWER,
    source: "assembly/tower.ts",
    options: withThreads(MOST_PAGES),
  },
  "scan.wasm": { folder: SEARCH, source: "assembly/scan.ts", options: ["--enable", "simd"] },
  "scan-threads.wasm": {
    folder: SEARCH,
    source: "assembly/scan.ts",
    options: withThreads(MOST_SCAN_PAGES),
  },
  "scan-relaxed.wasm": {
    folder: SEARCH,
    source: "assembly/scan.ts",
    options: ["--enable", RELAXED],
  },
  "scan-relaxed-threads.wasm": {
    folder: SEARCH,
    source: "assembly/scan.ts",
    options: withThreads(MOST_SCAN_PAGES, RELAXED),
  },
  "matrix.wasm": {
    folder: "scripts/matrix",
    source: "assembly/matrix.ts",
    options: ["--enable", "simd"],
  },
  "build.wasm": {
    folder: "scripts/build-index/kernel",
    source: "assembly/build.ts",
    options: ["--enable", "simd"],
  },
  "peers.wasm": {
    folder: "scripts/bench-index/kernel",
    source: "assembly/peers.ts",
    options: ["--enable", "simd"],
  },
};

/** @param {string} folder */
const atRoot = (folder) => fileURLToPath(new URL(`../${folder}`, import.meta.url));

/**
 * Compiles one of the committed kernels.
 *
 * @param {keyof typeof KERNEL_BUILDS} name
 * @returns {Promise<Uint8Array>}
 */
export function compileKernel(name) {
  return compileAssembly({ name, ...KERNEL_BUILDS[name] });
}

/**
 * Compiles AssemblyScript.
 *
 * @param {{ name: string, folder: string, source: string, options: readonly string[] }} build
 * @returns {Promise<Uint8Array>}
 */
export async function compileAssembly({ name, folder, source, options }) {
  let compiled;
  const { error, stderr } = await asc.main(
    [source, "--baseDir", atRoot(folder), "--outFile", name, ...COMMON, ...options],
    {
      writeFile: (file, content) => {
        if (file === name) compiled = content;
      },
    },
  );
  if (error !== null || compiled === undefined) {
    throw new Error(`the kernel does not compile: ${stderr.toString()}`, { cause: error });
  }
  return compiled;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [name, { folder }] of Object.entries(KERNEL_BUILDS)) {
    const bytes = await compileKernel(name);
    writeFileSync(`${atRoot(folder)}/${name}`, bytes);
    console.log(`${name}: ${bytes.length} bytes`);
  }
}

// `npm run build:kernel`: compiles the tower's kernel from AssemblyScript to WebAssembly, with and without shared memory.
// The result is committed, so that nothing else needs the compiler; a test compares it with its source.
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const FOLDER = fileURLToPath(new URL("../workers/encoder/kernel", import.meta.url));
/** Most memory of a shared kernel: the maximum has to be declared, and 1 GiB of address space can always be had. */
const MOST_PAGES = 16_384;

const COMMON = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory"];

/** The kernel's builds, by file name. */
export const KERNEL_BUILDS = {
  "tower.wasm": ["--enable", "simd"],
  "tower-threads.wasm": [
    "--enable",
    "simd,threads",
    "--sharedMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    String(MOST_PAGES),
  ],
};

/**
 * Compiles one build.
 *
 * @param {keyof typeof KERNEL_BUILDS} name
 * @returns {Promise<Uint8Array>}
 */
export async function compileKernel(name) {
  let compiled;
  const { error, stderr } = await asc.main(
    [
      "assembly/tower.ts",
      "--baseDir",
      FOLDER,
      "--outFile",
      name,
      ...COMMON,
      ...KERNEL_BUILDS[name],
    ],
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
  for (const name of Object.keys(KERNEL_BUILDS)) {
    const bytes = await compileKernel(name);
    writeFileSync(`${FOLDER}/${name}`, bytes);
    console.log(`${name}: ${bytes.length} bytes`);
  }
}

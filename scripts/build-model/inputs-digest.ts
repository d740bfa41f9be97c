import { createHash, type Hash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** The program that builds packs: another version of it may build another pack. */
const PROGRAM = ["src/core/model", "scripts/build-model"].map((path) => join(repository, path));
/** Weights are read in pieces of this many bytes. */
const PIECE_BYTES = 1 << 22;

function hashFile(hash: Hash, path: string): void {
  const file = openSync(path, "r");
  try {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, statSync(path).size + 1));
    for (let read = -1; read !== 0; ) {
      read = readSync(file, piece);
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/** SHA-256 over the options, the files of the folders, and the program that builds packs. */
export function digestOfInputs(options: readonly string[], folders: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(options));
  for (const folder of [...folders, ...PROGRAM]) {
    const entries = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
    for (const name of entries.map(String).sort()) {
      const path = join(folder, name);
      if (!statSync(path).isFile()) continue;
      hash.update(`${name}\0`);
      hashFile(hash, path);
    }
  }
  return hash.digest("hex");
}

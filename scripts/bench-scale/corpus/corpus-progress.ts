import { readFile, rename, writeFile } from "node:fs/promises";
import { BuildError } from "../../build-index/build-error.ts";

/** How far a corpus is written; kept in a file, so that a stopped run goes on. */
export interface CorpusProgress {
  /** Rows that were certainly written before this run. */
  readonly rows: number;
  /** Notes that all rows before `rows` are written. */
  note(rows: number): Promise<void>;
}

/**
 * Opens the note of a folder, or begins one.
 *
 * @param key names the corpus: everything that its bytes depend on
 * @throws BuildError where the folder holds another corpus
 */
export async function openProgress(path: string, key: string): Promise<CorpusProgress> {
  let queue = Promise.resolve();
  const write = async (rows: number) => {
    await writeFile(`${path}.partial`, JSON.stringify({ key, rows }));
    await rename(`${path}.partial`, path);
  };
  const note = (rows: number): Promise<void> => {
    queue = queue.then(() => write(rows));
    return queue;
  };
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) {
    await note(0);
    return { rows: 0, note };
  }
  const known: unknown = JSON.parse(text);
  const isNote = typeof known === "object" && known !== null && "key" in known && "rows" in known;
  if (!isNote || known.key !== key || typeof known.rows !== "number") {
    throw new BuildError(`${path} is of another corpus: choose another folder`);
  }
  return { rows: known.rows, note };
}

import { readFile, rename, writeFile } from "node:fs/promises";

/** Results of a long benchmark, written after every step, so that a run that was stopped goes on where it was. */
export interface BenchSteps {
  /** Runs a step, or gives what an earlier run of it gave. */
  run(name: string, work: () => Promise<unknown>): Promise<void>;
  results(): Readonly<Record<string, unknown>>;
}

/**
 * Opens the results in a file.
 *
 * @param key names what is measured: results of something else are not taken up
 */
export async function openSteps(
  path: string,
  key: string,
  log: (line: string) => void,
): Promise<BenchSteps> {
  const results: Record<string, unknown> = { key };
  const known: unknown = JSON.parse(await readFile(path, "utf8").catch(() => "null"));
  if (typeof known === "object" && known !== null && "key" in known && known.key === key) {
    Object.assign(results, known);
  }
  return {
    async run(name, work) {
      if (name in results) {
        log(`${name}: measured before`);
        return;
      }
      log(name);
      results[name] = await work();
      await writeFile(`${path}.partial`, `${JSON.stringify(results, null, 2)}\n`);
      await rename(`${path}.partial`, path);
    },
    results: () => results,
  };
}

/**
 * Makes sure that what an earlier run measured was this edition, and not one that lay in the same folder before it.
 *
 * @throws Error where it was another
 */
export function requireEdition(
  { edition }: Readonly<Record<string, unknown>>,
  editionId: string,
  path: string,
): void {
  const isSame =
    typeof edition === "object" &&
    edition !== null &&
    "editionId" in edition &&
    edition.editionId === editionId;
  if (!isSame) {
    throw new Error(`${path} has figures of another edition: move it away, or give --results`);
  }
}

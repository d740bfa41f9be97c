import { BuildError, nameSome } from "../build-error.ts";
import { readJsonItems } from "../corpus/json-entries.ts";
import type { CorpusLayout } from "../corpus/layout.ts";

/** No row of the file. */
const NONE = 0xffff_ffff;
/** Ids kept for a message. */
const MOST_NAMED = 5;

/** Which row of a file of vectors belongs to each row of the edition. */
export interface IdJoin {
  /** [sentences]. */
  readonly fileRows: Uint32Array<ArrayBuffer>;
  /** Rows of sentences that the corpus does not have, and a few of their ids: they are left out. */
  readonly unknown: number;
  readonly unknownIds: readonly string[];
}

/**
 * Joins the list of ids of a file of vectors with the rows of the corpus.
 *
 * @param path of a JSON list of sentence ids, in the order of the file's rows
 * @param place of that list as it was given, for messages: an address where `path` is a copy
 * @param count rows of the file
 * @param name of the file of vectors, for messages
 * @throws BuildError naming ids that are there twice or missing, and the row where something is no id
 */
export async function joinIds(
  path: string,
  place: string,
  count: number,
  name: string,
  layout: Pick<CorpusLayout, "sentences" | "rowOf" | "idOf">,
  signal: AbortSignal,
): Promise<IdJoin> {
  const fileRows = new Uint32Array(layout.sentences).fill(NONE);
  const twice: string[] = [];
  let repeated = 0;
  const unknownIds: string[] = [];
  let unknown = 0;
  let fileRow = 0;
  for await (const items of readJsonItems(path, signal)) {
    for (const id of items) {
      if (typeof id !== "string") {
        throw new BuildError(`${place} is not a list of ids: its entry ${fileRow} is no text`);
      }
      const row = layout.rowOf(id);
      if (row < 0) {
        unknown++;
        if (unknownIds.length < MOST_NAMED) unknownIds.push(id);
      } else if (fileRows[row] !== NONE) {
        repeated++;
        if (twice.length < MOST_NAMED) twice.push(`${id} (rows ${fileRows[row]} and ${fileRow})`);
      } else fileRows[row] = fileRow;
      fileRow++;
    }
  }
  if (fileRow !== count) throw new BuildError(`${fileRow} ids for the ${count} rows of ${name}`);
  if (twice.length > 0) throw new BuildError(`ids twice in ${place}: ${nameSome(twice, repeated)}`);
  const missing: string[] = [];
  let without = 0;
  fileRows.forEach((from, row) => {
    if (from !== NONE) return;
    without++;
    if (missing.length < MOST_NAMED) missing.push(layout.idOf(row));
  });
  if (without > 0) {
    throw new BuildError(`no embedding in ${name}: ${nameSome(missing, without)}`);
  }
  return { fileRows, unknown, unknownIds };
}

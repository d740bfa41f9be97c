import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import type { Arithmetic, Rows } from "./arithmetic.ts";
import { BuildError } from "./build-error.ts";
import type { BuildOptions } from "./build-options.ts";
import { createRows } from "./create-rows.ts";
import { holdOutPictures } from "./prove/proof-queries.ts";
import { drawSpreadRows } from "./training/seeded-rows.ts";
import { openInput } from "./vectors/open-input.ts";
import { openMatrix } from "./vectors/open-matrix.ts";
import { readUnitRows } from "./vectors/read-unit-rows.ts";
import { vectorsOfFile } from "./vectors/vector-source.ts";

/** More pictures than this change nothing that is learnt from them. */
const MOST_PICTURES = 32_768;

/** Fewer pictures than this agree by chance: nothing can be learnt of others from them, and none can be kept back to measure with. */
const LEAST_PICTURES = 20;

/** Unit vectors of pictures and phrases that the edition is made for and measured with. */
export interface Pictures {
  /** To learn from; null where none were given. */
  readonly training: Rows | null;
  /** To measure with, not among those [count × dim]; null where none were given. */
  readonly test: Float32Array | null;
  readonly phrases: Float32Array | null;
}

/**
 * Reads the pictures that were given to learn from and to measure with. Where only the first are given, some are kept back.
 *
 * @throws BuildError where a file is missing, of another length of vectors, or of too few pictures to learn from
 */
export async function readPictures(
  arithmetic: Arithmetic,
  options: BuildOptions,
  dim: number,
  signal: AbortSignal,
): Promise<Pictures> {
  const read = async (place: string | null) =>
    place === null ? null : readVectors(arithmetic, place, dim, signal);
  const test = await read(options.queries);
  const phrases = await read(options.textQueries);
  const given = await read(options.queryImages);
  if (given !== null && given.length < LEAST_PICTURES * dim) {
    throw new BuildError(
      `${options.queryImages} has ${given.length / dim} pictures: to learn from, at least ${LEAST_PICTURES} are needed`,
    );
  }
  if (given === null || test !== null) {
    return { training: given === null ? null : toRows(given, dim), test, phrases };
  }
  const split = holdOutPictures(given, dim);
  return { training: toRows(split.training, dim), test: split.test, phrases };
}

async function readVectors(
  arithmetic: Arithmetic,
  place: string,
  dim: number,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const input = await openInput(place, signal);
  if (input === null) throw new BuildError(`${place} is not there`);
  try {
    const file = await openMatrix(input, signal);
    if (file.dim !== dim) {
      throw new BuildError(`${file.name} has ${file.dim} numbers a row, the sentences ${dim}`);
    }
    const list = drawSpreadRows(file.count, MOST_PICTURES, createSeededRandom(1));
    const source = vectorsOfFile(
      file,
      Uint32Array.from({ length: file.count }, (_, row) => row),
    );
    const idOf = (row: number) => Promise.resolve(`vector ${row}`);
    const { rows } = await readUnitRows(arithmetic, source, list, idOf, signal);
    return Float32Array.from(rows.values);
  } finally {
    await input.close();
  }
}

function toRows(vectors: Float32Array, dim: number): Rows {
  const rows = createRows(vectors.length / dim, dim);
  rows.values.set(vectors);
  return rows;
}

import { BuildError } from "../build-error.ts";

/** Rows coded in one go: what a kill costs at most. A multiple of the 32 rows of `rows` that one hash covers. */
const CHUNK_ROWS = 32_768;
const ROW_GROUP = 32;
/** Vectors of one chunk in memory. */
const MOST_CHUNK_BYTES = 1 << 26;

/** How the rows of a corpus are cut into chunks, which are coded in any order and anywhere. */
export interface ChunkPlan {
  readonly sentences: number;
  readonly chunkRows: number;
  readonly chunks: number;
}

/** A part of a build that is done on several machines: number `index` (from 1) of `count`. */
export interface BuildPart {
  readonly index: number;
  readonly count: number;
}

/**
 * Cuts the rows of a corpus into chunks.
 *
 * @param wanted rows of a chunk, or null for the usual size
 */
export function planChunks(sentences: number, dim: number, wanted: number | null): ChunkPlan {
  const fitting = Math.min(wanted ?? CHUNK_ROWS, Math.floor(MOST_CHUNK_BYTES / (dim * 4)));
  const chunkRows = Math.max(1, Math.floor(fitting / ROW_GROUP)) * ROW_GROUP;
  return { sentences, chunkRows, chunks: Math.ceil(sentences / chunkRows) };
}

/** The rows of one chunk. */
export function rowsOfChunk(
  { sentences, chunkRows }: ChunkPlan,
  chunk: number,
): Uint32Array<ArrayBuffer> {
  const first = chunk * chunkRows;
  const count = Math.min(chunkRows, sentences - first);
  return Uint32Array.from({ length: count }, (_, i) => first + i);
}

/** The chunks of one part: as many as of any other, consecutive; all of them where there are no parts. */
export function chunksOfPart({ chunks }: ChunkPlan, part: BuildPart | null): readonly number[] {
  const { index, count } = part ?? { index: 1, count: 1 };
  const first = Math.floor(((index - 1) * chunks) / count);
  const end = Math.floor((index * chunks) / count);
  return Array.from({ length: end - first }, (_, i) => first + i);
}

/** Reads `i/n`. Throws BuildError for anything else. */
export function parsePart(text: string): BuildPart {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const part = { index: Number(index), count: Number(count) };
  if (!(part.index >= 1 && part.index <= part.count)) {
    throw new BuildError(`--part is ${text}: write 3/8 for the third of eight`);
  }
  return part;
}

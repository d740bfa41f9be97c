import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { BuildError } from "../build-error.ts";
import type { Training } from "../training/train.ts";
import { type WorkFolder, writeWhole } from "../work-folder.ts";
import { type ChunkPlan, rowsOfChunk } from "./chunk-plan.ts";

/** Which of an edition's indexes: the one of base vectors, or a second one of adapted vectors. */
export type IndexName = "base" | "adapted";

/** One chunk of rows as it is coded: whatever needs no other chunk. */
export interface CodedChunk {
  /** The records of its rows as they are in `bywork`. */
  readonly bywork: Uint8Array;
  /** Bits of halves: the factor of the signs, which `bywork` does not have. */
  readonly f1: Uint16Array;
  /** Rows that were not of unit length. */
  readonly renormalized: number;
  /** Which training it was coded against; see {@link nameTraining}. */
  readonly training: string;
  /** SHA-256 of the exact rows beside it, in hex; null where none are kept. */
  readonly rowsSha256: string | null;
}

/** Missing chunks named in one message. */
const NAMED = 5;

function nameOf(index: IndexName, chunk: number): string {
  return `${index}-${String(chunk).padStart(6, "0")}`;
}

/** Tells which of some chunks a folder does not have yet, and how many rows those have that it has. */
export async function findCoded(
  folder: WorkFolder,
  index: IndexName,
  plan: ChunkPlan,
  chunks: readonly number[],
): Promise<{ readonly missing: readonly number[]; readonly rows: number }> {
  const missing: number[] = [];
  let rows = 0;
  for (const chunk of chunks) {
    if (await folder.has(nameOf(index, chunk))) rows += rowsOfChunk(plan, chunk).length;
    else missing.push(chunk);
  }
  return { missing, rows };
}

/** Keeps a chunk: its exact rows first, so that a chunk that is there is whole. */
export async function writeChunk(
  folder: WorkFolder,
  index: IndexName,
  chunk: number,
  coded: Omit<CodedChunk, "rowsSha256">,
  rows: Uint8Array | null,
): Promise<void> {
  const name = nameOf(index, chunk);
  let rowsSha256: string | null = null;
  if (rows !== null) {
    rowsSha256 = createHash("sha256").update(rows).digest("hex");
    await writeWhole(folder.pathOf(`${name}.rows`), [rows]);
  }
  await folder.write(name, { ...coded, rowsSha256 } satisfies CodedChunk);
}

/**
 * Hash of all that rows are coded against. Machines that learn it apart, on other kinds of arithmetic, get clusters that differ a little,
 * and the codes of one mean nothing among those of the other.
 */
export function nameTraining({ partition, transform, ...training }: Training): string {
  const { centroids, centroidScales, hub, metric, rotationSeed } = training;
  const { weights, biases, cells } = partition;
  const hash = createHash("sha256");
  const seed = Uint32Array.of(rotationSeed);
  const ofCells = [cells?.weights, cells?.biases, cells?.firstClasses];
  const values = [seed, centroids, centroidScales, weights, biases, ...ofCells, hub, metric];
  for (const array of [...values, transform?.left, transform?.right]) {
    hash.update(`\0${array?.byteLength ?? 0}`);
    if (array) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest("hex");
}

/** All chunks of an index, wherever they were coded. */
export interface ChunkStore {
  readonly plan: ChunkPlan;
  /** @throws BuildError where it is damaged, or was coded against another training */
  read(chunk: number): Promise<CodedChunk>;
  /** Streams the exact rows of a chunk. Throws BuildError where they are damaged. */
  readRows(chunk: number): AsyncGenerator<Uint8Array>;
}

/**
 * Opens the chunks of an index.
 *
 * @param folders work folders of this machine and of others
 * @param training which one they must have been coded against
 * @throws BuildError naming chunks that are nowhere
 */
export async function openChunks(
  folders: readonly WorkFolder[],
  index: IndexName,
  plan: ChunkPlan,
  training: string,
): Promise<ChunkStore> {
  const homes: WorkFolder[] = [];
  const missing: number[] = [];
  for (let chunk = 0; chunk < plan.chunks; chunk++) {
    const home = await findHome(folders, index, chunk);
    if (home === null) missing.push(chunk);
    else homes[chunk] = home;
  }
  if (missing.length > 0) {
    const some = missing.slice(0, NAMED).map((chunk) => describeRows(plan, chunk));
    const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more chunks` : "";
    throw new BuildError(
      `not coded yet: ${some.join(", ")}${more}: run the parts that are missing`,
    );
  }
  const load = async (chunk: number): Promise<CodedChunk> => {
    const value = await homes[chunk]?.read(nameOf(index, chunk));
    // The folder checked the hash of what `writeChunk` wrote.
    const coded = (value ?? null) as CodedChunk | null;
    const place = `${nameOf(index, chunk)} in ${homes[chunk]?.path}`;
    if (coded === null) throw new BuildError(`${place} is damaged: delete it and build again`);
    if (coded.training === training) return coded;
    throw new BuildError(
      `${place} was coded against another training than the one that is here: parts on other kinds of arithmetic (--arithmetic) learn other clusters. Train once, copy that work folder to every machine, and code the parts there.`,
    );
  };
  return {
    plan,
    read: load,
    async *readRows(chunk) {
      const { rowsSha256 } = await load(chunk);
      const path = homes[chunk]?.pathOf(`${nameOf(index, chunk)}.rows`) ?? "";
      const hash = createHash("sha256");
      try {
        for await (const piece of createReadStream(path, { highWaterMark: 1 << 22 })) {
          hash.update(piece);
          yield piece;
        }
      } catch (cause) {
        throw new BuildError(`${path} cannot be read`, { cause });
      }
      if (hash.digest("hex") !== rowsSha256) {
        throw new BuildError(
          `${path} is damaged: delete it and what belongs to it, and build again`,
        );
      }
    },
  };
}

async function findHome(
  folders: readonly WorkFolder[],
  index: IndexName,
  chunk: number,
): Promise<WorkFolder | null> {
  for (const folder of folders) if (await folder.has(nameOf(index, chunk))) return folder;
  return null;
}

function describeRows({ chunkRows, sentences }: ChunkPlan, chunk: number): string {
  const first = chunk * chunkRows;
  return `rows ${first} to ${Math.min(first + chunkRows, sentences) - 1}`;
}

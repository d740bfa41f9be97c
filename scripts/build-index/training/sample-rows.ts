import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import type { Arithmetic, Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import type { ReportPhase } from "../progress.ts";
import { GAP_BYTES } from "../vectors/open-matrix.ts";
import { readUnitRows } from "../vectors/read-unit-rows.ts";
import type { VectorSource } from "../vectors/vector-source.ts";
import { drawSpreadRows, drawSpreadRuns } from "./seeded-rows.ts";

/** Rows that are read at a time. */
const BATCH_ROWS = 16_384;

/** Rows of a run where rows by themselves would each be a read of their own: then a batch is 128 reads. */
const RUN_ROWS = 128;

/**
 * Which rows a sample consists of: evenly spread ones, or evenly spread runs where most of the rows would lie too far from each other to be
 * read together, as in a corpus of tens of millions.
 */
export function drawSample(
  count: number,
  dim: number,
  wanted: number,
  seed: number,
): Uint32Array<ArrayBuffer> {
  const random = createSeededRandom(seed);
  const farthestBytes = (2 * count * dim * 4) / wanted;
  if (farthestBytes <= GAP_BYTES) return drawSpreadRows(count, wanted, random);
  return drawSpreadRuns(count, wanted, random, Math.ceil(wanted / RUN_ROWS));
}

/** Reads a seeded sample of unit rows, ascending and evenly spread. */
export async function sampleRows(
  arithmetic: Arithmetic,
  source: VectorSource,
  wanted: number,
  seed: number,
  idOf: (row: number) => Promise<string>,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<Rows> {
  const list = drawSample(source.count, source.dim, wanted, seed);
  const sample = createRows(list.length, source.dim);
  for (let start = 0; start < list.length; start += BATCH_ROWS) {
    report("sample", start, list.length);
    const part = list.subarray(start, start + BATCH_ROWS);
    const { rows } = await readUnitRows(arithmetic, source, part, idOf, signal);
    sample.values.set(rows.values, start * source.dim);
  }
  report("sample", list.length, list.length);
  return sample;
}

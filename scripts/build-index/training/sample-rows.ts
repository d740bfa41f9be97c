import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import type { Arithmetic, Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import type { ReportPhase } from "../progress.ts";
import { readUnitRows } from "../vectors/read-unit-rows.ts";
import type { VectorSource } from "../vectors/vector-source.ts";
import { drawSpreadRows } from "./seeded-rows.ts";

/** Rows that are read at a time. */
const BATCH_ROWS = 16_384;

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
  const list = drawSpreadRows(source.count, wanted, createSeededRandom(seed));
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

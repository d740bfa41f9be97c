import type { Arithmetic, Rows } from "../arithmetic.ts";
import { BuildError } from "../build-error.ts";
import { createRows } from "../create-rows.ts";
import type { VectorSource } from "./vector-source.ts";

/** Lengths within this of 1 count as unit: float16 sources are that exact. */
const UNIT_TOLERANCE = 1e-3;
/** Rows named in one message. */
const MOST_NAMED = 5;

/** Unit rows, and how many were not of unit length before. */
export interface UnitRows {
  readonly rows: Rows;
  readonly renormalized: number;
}

/**
 * Reads rows and divides them by their lengths.
 *
 * @param idOf names a row's sentence
 * @param into takes the rows, as many as are listed; memory of their own where nothing is said
 * @throws BuildError naming rows that are zero or hold something other than finite numbers
 */
export async function readUnitRows(
  arithmetic: Arithmetic,
  source: VectorSource,
  list: Uint32Array,
  idOf: (row: number) => Promise<string>,
  signal: AbortSignal,
  into?: Rows,
): Promise<UnitRows> {
  const rows = into ?? createRows(list.length, source.dim);
  await source.read(list, rows, signal);
  const lengths = await arithmetic.normalize(rows, signal);
  const unusable: number[] = [];
  let renormalized = 0;
  lengths.forEach((length, place) => {
    if (!Number.isFinite(length) || length === 0) unusable.push(place);
    else if (Math.abs(length - 1) > UNIT_TOLERANCE) renormalized++;
  });
  if (unusable.length > 0) {
    const names: string[] = [];
    for (const place of unusable.slice(0, MOST_NAMED)) {
      const row = list[place] ?? 0;
      const what = lengths[place] === 0 ? "zero" : "not finite";
      names.push(`${await idOf(row)} (row ${source.fileRowOf(row)} is ${what})`);
    }
    const more =
      unusable.length > names.length ? ` and ${unusable.length - names.length} more` : "";
    throw new BuildError(`no direction in ${source.name}: ${names.join(", ")}${more}`);
  }
  return { rows, renormalized };
}

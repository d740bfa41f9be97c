import type { ByteSource } from "../bytes/source.ts";
import type { ExactRows } from "../edition/edition-manifest.ts";
import { ROWS_PER_GROUP } from "../edition/hashes-file.ts";
import { AppError } from "../errors.ts";
import { fromHalves } from "../model/half.ts";
import { lengthUnlessUnit } from "./unit-length.ts";

/** Reads the exact unit vectors of rows. */
export interface ExactReader {
  /** How many of `rows`, from the first on, can be read for about `bytes` bytes: rows near each other share what is fetched. */
  affordable(rows: readonly number[], bytes: number): number;
  /**
   * The vector [dim] of a row.
   *
   * @throws AppError `edition-corrupt` where it is no unit vector, or what the source throws
   */
  read(row: number, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

const BYTES = { f32: 4, f16: 2 } as const;

/**
 * Opens exact rows in row order.
 *
 * @param start byte of the source at which row 0 begins
 */
export function openExactRows(
  source: ByteSource,
  start: number,
  type: ExactRows["type"],
  dim: number,
): ExactReader {
  const rowBytes = dim * BYTES[type];
  return {
    affordable(rows, bytes) {
      const groups = new Set<number>();
      for (const [index, row] of rows.entries()) {
        groups.add(Math.floor(row / ROWS_PER_GROUP));
        if (groups.size * ROWS_PER_GROUP * rowBytes > bytes) return index;
      }
      return rows.length;
    },
    async read(row, signal) {
      const from = start + row * rowBytes;
      // A copy: what a source gives may begin at any byte, and floats must not.
      const bytes = (await source.read({ start: from, end: from + rowBytes }, signal)).slice();
      const vector =
        type === "f32" ? new Float32Array(bytes.buffer) : fromHalves(new Uint16Array(bytes.buffer));
      const length = lengthUnlessUnit(vector, 0, dim);
      if (length !== null) {
        const why = `vector ${row} has length ${length}`;
        throw new AppError({ code: "edition-corrupt", file: "rows", why });
      }
      return vector;
    },
  };
}

import { SIGN_BLOCK_ROWS } from "../edition/sign-file.ts";

/** spread[v]: bit i of the byte v at bit 4i, where a nibble begins. */
const SPREAD: Uint32Array<ArrayBuffer> = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = 0;
  for (let i = 0; i < 8; i++) word |= ((byte >> i) & 1) << (4 * i);
  return word;
});

/** The planes of rows, as `sign` with `rest`, or `bywork`, lay them out. */
export type PackedPlanes =
  /** Signs [count · D / 8] in blocks of 16 rows, magnitudes [count × 3 · D / 8]. */
  | { readonly layout: "cluster"; readonly signBlocks: Uint8Array; readonly magnitudes: Uint8Array }
  /** All four planes of each row [count × D / 2]. */
  | { readonly layout: "work"; readonly planes: Uint8Array };

/** Where the four planes of consecutive rows lie: byte p of row r at `offset` + p · `byteStride` + r · `rowStride`. */
export interface PlaneRun {
  readonly firstRow: number;
  readonly rows: number;
  readonly sign: {
    readonly offset: number;
    readonly byteStride: number;
    readonly rowStride: number;
  };
  /** Of bit 2; bits 1 and 0 follow D / 8 bytes later each. */
  readonly magnitudes: { readonly offset: number; readonly rowStride: number };
}

/** Takes packed planes apart into runs of rows that lie alike: one or two, or none where there are no rows. */
export function planeRuns(
  layout: PackedPlanes["layout"],
  count: number,
  codeDim: number,
): PlaneRun[] {
  const planeBytes = codeDim / 8;
  if (layout === "work") {
    const rowStride = 4 * planeBytes;
    const sign = { offset: 0, byteStride: 1, rowStride };
    return [{ firstRow: 0, rows: count, sign, magnitudes: { offset: planeBytes, rowStride } }];
  }
  const runs: PlaneRun[] = [];
  for (let firstRow = 0; firstRow < count; firstRow += SIGN_BLOCK_ROWS) {
    const rows = Math.min(SIGN_BLOCK_ROWS, count - firstRow);
    runs.push({
      firstRow,
      rows,
      sign: { offset: firstRow * planeBytes, byteStride: rows, rowStride: 1 },
      magnitudes: { offset: 3 * firstRow * planeBytes, rowStride: 3 * planeBytes },
    });
  }
  return runs;
}

/** Makes nibble rows [count × D / 2] of packed planes; see `CodeBlock.nibbles`. */
export function unpackNibbles(
  packed: PackedPlanes,
  count: number,
  codeDim: number,
): Uint8Array<ArrayBuffer> {
  const planeBytes = codeDim / 8;
  const words = new Uint32Array(count * planeBytes);
  const signs = packed.layout === "work" ? packed.planes : packed.signBlocks;
  const magnitudes = packed.layout === "work" ? packed.planes : packed.magnitudes;
  for (const run of planeRuns(packed.layout, count, codeDim)) {
    for (let row = 0; row < run.rows; row++) {
      const sign = run.sign.offset + row * run.sign.rowStride;
      const bit2 = run.magnitudes.offset + row * run.magnitudes.rowStride;
      const target = (run.firstRow + row) * planeBytes;
      for (let byte = 0; byte < planeBytes; byte++) {
        words[target + byte] =
          ((SPREAD[signs[sign + byte * run.sign.byteStride] ?? 0] ?? 0) << 3) |
          ((SPREAD[magnitudes[bit2 + byte] ?? 0] ?? 0) << 2) |
          ((SPREAD[magnitudes[bit2 + planeBytes + byte] ?? 0] ?? 0) << 1) |
          (SPREAD[magnitudes[bit2 + 2 * planeBytes + byte] ?? 0] ?? 0);
      }
    }
  }
  return new Uint8Array(words.buffer);
}

/** The codes u [D] of the nibble row at `offset`. */
export function codesOfNibbles(
  nibbles: Uint8Array,
  offset: number,
  codeDim: number,
): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(codeDim);
  for (let i = 0; i < codeDim; i++) {
    codes[i] = ((nibbles[offset + (i >> 1)] ?? 0) >> (4 * (i & 1))) & 15;
  }
  return codes;
}

import type { CodeBlock } from "../codes/code-block.ts";

/** Rows of a tile: one workgroup, and the largest that every device allows. */
export const TILE_ROWS = 256;
/** Codes in a u32. */
const NIBBLES_PER_WORD = 8;
/** Words of a row after its codes. */
const FIELDS = ["f4", "hub", "adapted", "block", "index", "work", "flags"] as const;
/** In the word of flags: no row, or none any more. Quality flags take the lower half of the word. */
export const PADDING = 0x80000000;

/** Where everything lies in a tile: word w of row r is at w · TILE_ROWS + r, so that neighbours read neighbouring words. */
export interface TileLayout {
  readonly codeWords: number;
  readonly rowWords: number;
  readonly tileWords: number;
  readonly tileBytes: number;
}

/** @param codeDim numbers of a row in code space, a multiple of 32 */
export function tileLayout(codeDim: number): TileLayout {
  const codeWords = codeDim / NIBBLES_PER_WORD;
  const rowWords = codeWords + FIELDS.length;
  const tileWords = rowWords * TILE_ROWS;
  return { codeWords, rowWords, tileWords, tileBytes: 4 * tileWords };
}

/** The constants that scan.wgsl is specialised with. */
export function scanConstants(codeDim: number): Record<string, number> {
  const { codeWords, rowWords } = tileLayout(codeDim);
  const fields = FIELDS.map((name, at) => [`FIELD_${name.toUpperCase()}`, codeWords + at] as const);
  return {
    TILE: TILE_ROWS,
    CODE_WORDS: codeWords,
    ROW_WORDS: rowWords,
    ...Object.fromEntries(fields),
  };
}

/** A tile without rows. */
export function emptyTile(layout: TileLayout): Uint32Array<ArrayBuffer> {
  const tile = new Uint32Array(layout.tileWords);
  tile.fill(PADDING, layout.tileWords - TILE_ROWS);
  return tile;
}

/** Where the flags of a row are in its tile, in bytes. */
export function flagsOffset({ rowWords }: TileLayout, row: number): number {
  return 4 * ((rowWords - 1) * TILE_ROWS + row);
}

/**
 * Writes rows of a block into a tile.
 *
 * @param block its place among the blocks, by which the centroid's scores are looked up
 * @param from first row of `codes`
 * @param at first place in the tile
 * @param count rows to write
 */
export function writeTileRows(
  tile: Uint32Array,
  layout: TileLayout,
  codes: CodeBlock,
  block: number,
  from: number,
  at: number,
  count: number,
): void {
  const { codeWords } = layout;
  const words = nibbleWords(codes.nibbles);
  for (let row = 0; row < count; row++) {
    const source = (from + row) * codeWords;
    for (let word = 0; word < codeWords; word++) {
      tile[word * TILE_ROWS + at + row] = words[source + word] ?? 0;
    }
  }
  const floats = new Float32Array(tile.buffer, tile.byteOffset, tile.length);
  const place = (field: number) => (codeWords + field) * TILE_ROWS + at;
  const rows = (array: Float32Array | Uint32Array | Uint16Array) =>
    array.subarray(from, from + count);
  floats.set(rows(codes.f4), place(0));
  floats.set(rows(codes.h), place(1));
  floats.set(rows(codes.adaptedFactors), place(2));
  tile.fill(block, place(3), place(3) + count);
  for (let row = 0; row < count; row++) tile[place(4) + row] = from + row;
  tile.set(rows(codes.works), place(5));
  tile.set(rows(codes.flags), place(6));
}

/** WebGPU and WebAssembly exist on little-endian machines only, so a view will do where the bytes are aligned. */
function nibbleWords(nibbles: Uint8Array<ArrayBuffer>): Uint32Array {
  const aligned = nibbles.byteOffset % 4 === 0 ? nibbles : nibbles.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

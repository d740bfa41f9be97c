import type { CodeBlock } from "../../src/core/codes/code-block.ts";
import {
  emptyTile,
  flagsOffset,
  PADDING,
  TILE_ROWS,
  tileLayout,
  writeTileRows,
} from "../../src/core/gpu/scan-layout.ts";
import type { FactorBounds } from "../../src/core/gpu/scan-selection.ts";
import { BINDING_BYTES, itemsPerShard } from "../../src/core/gpu/shards.ts";

/** Tiles that are written to the device at once. */
const STAGED_TILES = 16;

/** Consecutive tiles in one buffer. */
export interface Shard {
  readonly buffer: GPUBuffer;
  readonly firstTile: number;
  /** Tiles that hold rows so far. */
  readonly tiles: number;
}

/** What a store has to have room for. */
export interface GpuCodesSize {
  /** Numbers of a row in code space. */
  readonly codeDim: number;
  readonly rows: number;
  readonly blocks: number;
}

/** Blocks of 4-bit codes in the memory of a graphics processor. */
export interface GpuCodes {
  readonly size: GpuCodesSize;
  /** The largest factors of all rows that were ever added. */
  readonly bounds: FactorBounds;
  /**
   * Adds a block that is not here.
   *
   * @param block its number, below `size.blocks`
   * @returns false, and nothing happens, where there is no room
   */
  add(block: number, codes: CodeBlock): boolean;
  /** Takes a block out; its room is not used again. */
  remove(block: number): void;
  /** Sends what is still staged; the shards with rows. */
  shards(): readonly Shard[];
  /** Why the device has not taken all of what was sent to it, or null. */
  failure(): Promise<string | null>;
  destroy(): void;
}

/**
 * Creates an empty store. Memory is taken as rows come, in buffers of at most 128 MiB.
 *
 * @param bindingBytes for tests: the most that a buffer may hold
 */
export function createGpuCodes(
  device: GPUDevice,
  size: GpuCodesSize,
  bindingBytes = BINDING_BYTES,
): GpuCodes {
  const layout = tileLayout(size.codeDim);
  const { tileWords, tileBytes } = layout;
  const tiles = Math.ceil(size.rows / TILE_ROWS);
  const perShard = itemsPerShard(tileBytes, bindingBytes);
  const buffers: GPUBuffer[] = [];
  const allocations: Promise<GPUError | null>[] = [];
  const staged = new Uint32Array(STAGED_TILES * tileWords);
  const empty = emptyTile(layout);
  const bounds = { f4: 0, h: 0, adaptedFactor: 0 };
  /** First row of each block that is here, and how many it has. */
  const places = new Map<number, { readonly first: number; readonly count: number }>();
  let rows = 0;
  /** First tile in `staged`, and whether it holds rows that the device lacks. */
  let firstStaged = 0;
  let isDirty = false;

  const clear = () => {
    for (let tile = 0; tile < STAGED_TILES; tile++) staged.set(empty, tile * tileWords);
  };
  clear();

  const bufferOf = (shard: number): GPUBuffer => {
    const there = buffers[shard];
    if (there !== undefined) return there;
    const bytes = Math.min(perShard, tiles - shard * perShard) * tileBytes;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    device.pushErrorScope("out-of-memory");
    const buffer = device.createBuffer({ label: "codes", size: bytes, usage });
    allocations.push(device.popErrorScope());
    buffers.push(buffer);
    return buffer;
  };
  const flush = () => {
    if (!isDirty) return;
    const end = Math.ceil(rows / TILE_ROWS);
    for (let tile = firstStaged; tile < end; ) {
      const shard = Math.floor(tile / perShard);
      const last = Math.min(end, (shard + 1) * perShard);
      const offset = (tile - shard * perShard) * tileBytes;
      const from = (tile - firstStaged) * tileWords;
      const words = (last - tile) * tileWords;
      device.queue.writeBuffer(bufferOf(shard), offset, staged, from, words);
      tile = last;
    }
    isDirty = false;
  };
  const hide = (row: number) => {
    const tile = Math.floor(row / TILE_ROWS);
    const shard = Math.floor(tile / perShard);
    const offset = (tile - shard * perShard) * tileBytes + flagsOffset(layout, row % TILE_ROWS);
    device.queue.writeBuffer(bufferOf(shard), offset, Uint32Array.of(PADDING));
    // Where the tile is still staged it will be written again.
    const word = (tile - firstStaged) * tileWords + flagsOffset(layout, row % TILE_ROWS) / 4;
    if (tile >= firstStaged) staged[word] = PADDING;
  };

  return {
    size,
    bounds,
    add(block, codes) {
      if (rows + codes.count > size.rows) return false;
      places.set(block, { first: rows, count: codes.count });
      for (let from = 0; from < codes.count; ) {
        const tile = Math.floor(rows / TILE_ROWS) - firstStaged;
        if (tile === STAGED_TILES) {
          flush();
          firstStaged += STAGED_TILES;
          clear();
          continue;
        }
        const at = rows % TILE_ROWS;
        const count = Math.min(codes.count - from, TILE_ROWS - at);
        const target = staged.subarray(tile * tileWords, (tile + 1) * tileWords);
        writeTileRows(target, layout, codes, block, from, at, count);
        from += count;
        rows += count;
        isDirty = true;
      }
      bounds.f4 = largest(bounds.f4, codes.f4);
      bounds.h = largest(bounds.h, codes.h);
      bounds.adaptedFactor = largest(bounds.adaptedFactor, codes.adaptedFactors);
      return true;
    },
    remove(block) {
      const place = places.get(block);
      if (place === undefined) return;
      places.delete(block);
      flush();
      for (let i = 0; i < place.count; i++) hide(place.first + i);
    },
    shards() {
      flush();
      const used = Math.ceil(rows / TILE_ROWS);
      return buffers.flatMap((buffer, shard) => {
        const firstTile = shard * perShard;
        const count = Math.min(used - firstTile, perShard);
        return count > 0 ? [{ buffer, firstTile, tiles: count }] : [];
      });
    },
    async failure() {
      const errors = await Promise.all(allocations);
      return errors.find((error) => error !== null)?.message ?? null;
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

function largest(soFar: number, values: Float32Array): number {
  let most = soFar;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

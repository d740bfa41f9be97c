import type { PackedBlock } from "../../src/core/codes/scan-kernel.ts";
import { unpackNibbles } from "../../src/core/codes/unpack.ts";
import {
  emptyTile,
  TILE_ROWS,
  type TileLayout,
  tileLayout,
  writeTileRows,
} from "../../src/core/gpu/scan-layout.ts";
import type { FactorBounds } from "../../src/core/gpu/scan-selection.ts";
import { BINDING_BYTES, itemsPerShard } from "../../src/core/gpu/shards.ts";

/** Tiles that are written to the device at once. */
const STAGED_TILES = 16;
/** Bytes that may be under way to the device before `add` waits for it. */
const MOST_BYTES_UNDER_WAY = 64 * 1024 * 1024;

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

/** Rows of 4-bit codes in the memory of a graphics processor. */
export interface GpuCodes {
  readonly codeDim: number;
  readonly layout: TileLayout;
  /** Rows added so far. */
  rowCount(): number;
  /** Blocks that there is room for: the length of a query's bases. */
  readonly blocks: number;
  readonly bounds: FactorBounds;
  /**
   * Adds the rows of a block, once.
   *
   * @param block its number, below `blocks`
   * @returns when the device keeps up again
   */
  add(block: number, packed: PackedBlock): Promise<void>;
  /** Sends what is still staged; the shards with rows. */
  shards(): readonly Shard[];
  destroy(): void;
}

/**
 * Makes room for rows on a device, in buffers of at most 128 MiB.
 *
 * @param bindingBytes for tests: the most that a buffer may hold
 * @returns null where the device has not enough memory
 */
export async function createGpuCodes(
  device: GPUDevice,
  size: GpuCodesSize,
  bindingBytes = BINDING_BYTES,
): Promise<GpuCodes | null> {
  const layout = tileLayout(size.codeDim);
  const tiles = Math.ceil(size.rows / TILE_ROWS);
  const buffers = await allocate(device, layout, tiles, bindingBytes);
  if (buffers === null) return null;
  const perShard = itemsPerShard(layout.tileBytes, bindingBytes);
  const staged = new Uint32Array(STAGED_TILES * layout.tileWords);
  const empty = emptyTile(layout);
  const bounds = { f4: 0, h: 0, adaptedFactor: 0 };
  let rows = 0;
  /** First tile in `staged`, and whether it holds rows that the device lacks. */
  let firstStaged = 0;
  let isDirty = false;
  let underWay = 0;

  const clear = () => {
    for (let tile = 0; tile < STAGED_TILES; tile++) staged.set(empty, tile * layout.tileWords);
  };
  clear();

  const flush = () => {
    if (!isDirty) return;
    const end = Math.ceil(rows / TILE_ROWS);
    for (let tile = firstStaged; tile < end; ) {
      const shard = Math.floor(tile / perShard);
      const last = Math.min(end, (shard + 1) * perShard);
      const words = (last - tile) * layout.tileWords;
      const buffer = buffers[shard];
      if (buffer === undefined)
        throw new RangeError(`${rows} rows where there is room for ${size.rows}`);
      const offset = (tile - shard * perShard) * layout.tileBytes;
      device.queue.writeBuffer(
        buffer,
        offset,
        staged,
        (tile - firstStaged) * layout.tileWords,
        words,
      );
      underWay += 4 * words;
      tile = last;
    }
    isDirty = false;
  };

  return {
    codeDim: size.codeDim,
    layout,
    blocks: size.blocks,
    bounds,
    rowCount: () => rows,
    async add(block, { planes, ...codes }) {
      if (block >= size.blocks || rows + codes.count > size.rows) {
        throw new RangeError(
          `block ${block} of ${size.blocks}, ${rows + codes.count} rows of ${size.rows}`,
        );
      }
      const unpacked = { ...codes, nibbles: unpackNibbles(planes, codes.count, size.codeDim) };
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
        const target = staged.subarray(tile * layout.tileWords, (tile + 1) * layout.tileWords);
        writeTileRows(target, layout, unpacked, block, from, at, count);
        from += count;
        rows += count;
        isDirty = true;
      }
      bounds.f4 = largest(bounds.f4, codes.f4);
      bounds.h = largest(bounds.h, codes.h);
      bounds.adaptedFactor = largest(bounds.adaptedFactor, codes.adaptedFactors);
      if (underWay < MOST_BYTES_UNDER_WAY) return;
      underWay = 0;
      device.queue.submit([]);
      await device.queue.onSubmittedWorkDone();
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
    destroy() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

async function allocate(
  device: GPUDevice,
  layout: TileLayout,
  tiles: number,
  bindingBytes: number,
): Promise<GPUBuffer[] | null> {
  const perShard = itemsPerShard(layout.tileBytes, bindingBytes);
  const buffers: GPUBuffer[] = [];
  for (let first = 0; first < tiles; first += perShard) {
    device.pushErrorScope("out-of-memory");
    const size = Math.min(perShard, tiles - first) * layout.tileBytes;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    buffers.push(device.createBuffer({ label: "codes", size, usage }));
    if ((await device.popErrorScope()) === null) continue;
    for (const buffer of buffers) buffer.destroy();
    return null;
  }
  return buffers;
}

function largest(soFar: number, values: Float32Array): number {
  let most = soFar;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

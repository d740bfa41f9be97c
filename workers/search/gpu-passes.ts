import { scanConstants, TILE_ROWS } from "../../src/core/gpu/scan-layout.ts";
import type { ScanQueries } from "../../src/core/gpu/scan-queries.ts";
import { specializeShader } from "../../src/core/gpu/specialize-shader.ts";
import { RECORD_BYTES, readSurvivors, type Survivor } from "../../src/core/gpu/survivors.ts";
import { bindBuffers, createFilled, type LiveDevice, readBuffer } from "./gpu-buffers.ts";
import type { Shard } from "./gpu-codes.ts";

/** Pairs of tile and query in one dispatch of the second pass; the buffer takes all that they can leave. */
const PAIRS_AT_ONCE = 1024;
const SURVIVOR_CAPACITY = PAIRS_AT_ONCE * TILE_ROWS;
/** Survivors that are read together with their number: more than a search leaves as a rule. */
const FIRST_SURVIVORS = 4096;
/** The number of survivors, in front of them. */
const COUNT_BYTES = 4;
const PAIR_WORDS = 4;

/** What one search asks of the device. */
interface ScanCall {
  readonly shards: readonly Shard[];
  readonly queryCount: number;
  readonly queries: ScanQueries;
  /** [queries × blocks]. */
  readonly bases: Float32Array<ArrayBuffer>;
  readonly blocks: number;
  readonly hiddenFlags: number;
  readonly works: Uint32Array<ArrayBuffer> | null;
}

/** A tile that can hold one of the best rows of a query, and the score that such a row reaches. */
interface WantedTile {
  readonly tile: number;
  readonly query: number;
  readonly floor: number;
}

/** The two passes of scan.wgsl. */
export interface ScanPasses {
  /** Puts a call's input on the device. */
  open(call: ScanCall): OpenCall;
  destroy(): void;
}

/** A call whose input is on the device. */
export interface OpenCall {
  /** First pass: [queries × tiles] the best scores; below −1e38 where a tile has nothing to find. */
  maxima(): Promise<Float32Array<ArrayBuffer>>;
  /** Second pass: the rows of the wanted tiles that reach their floors, in no order. */
  survivors(wanted: readonly WantedTile[], signal: AbortSignal): Promise<Survivor[]>;
  close(): void;
}

/**
 * Compiles the passes.
 *
 * @param source scan.wgsl
 */
export async function createScanPasses(
  live: LiveDevice,
  source: string,
  codeDim: number,
): Promise<ScanPasses> {
  const { device } = live;
  const code = specializeShader(source, scanConstants(codeDim));
  const module = device.createShaderModule({ label: "scan", code });
  const compile = (entryPoint: string) =>
    device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint } });
  const [findMaximaOfOne, findMaxima, findSurvivors] = await Promise.all([
    compile("findMaximaOfOne"),
    compile("findMaxima"),
    compile("findSurvivors"),
  ]);
  const left = device.createBuffer({
    label: "survivors",
    size: COUNT_BYTES + SURVIVOR_CAPACITY * RECORD_BYTES,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });

  return {
    open(call) {
      const { shards, queryCount, blocks } = call;
      const tiles = shards.reduce((sum, shard) => sum + shard.tiles, 0);
      const input = (data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) =>
        createFilled(live, data, GPUBufferUsage.STORAGE);
      const integers = input(call.queries.integers);
      const lanes = input(call.queries.lanes);
      const records = input(call.queries.records);
      const bases = input(call.bases);
      const works = input(call.works ?? new Uint32Array(1));
      const opened = shards.map((shard) => {
        const isFiltered = call.works === null ? 0 : 1;
        const settings = Uint32Array.of(
          tiles,
          shard.firstTile,
          queryCount,
          blocks,
          call.hiddenFlags,
          isFiltered,
          SURVIVOR_CAPACITY,
        );
        return { shard, settings: createFilled(live, settings, GPUBufferUsage.UNIFORM) };
      });
      const bind = (
        pipeline: GPUComputePipeline,
        at: number,
        others: readonly (readonly [binding: number, buffer: GPUBuffer])[],
      ) => {
        const place = opened[at];
        if (place === undefined) throw new RangeError(`shard ${at} of ${opened.length}`);
        const inputs = [
          [0, place.settings],
          [1, place.shard.buffer],
          [3, records],
          [4, bases],
          [5, works],
        ] as const;
        return bindBuffers(device, pipeline, [...inputs, ...others]);
      };
      const lookAgain = async (wanted: readonly WantedTile[]): Promise<Survivor[]> => {
        const encoder = device.createCommandEncoder();
        encoder.clearBuffer(left, 0, COUNT_BYTES);
        const lists: GPUBuffer[] = [];
        opened.forEach(({ shard }, at) => {
          const here = wanted.filter(
            ({ tile }) => tile >= shard.firstTile && tile < shard.firstTile + shard.tiles,
          );
          if (here.length === 0) return;
          const list = input(pairList(here, shard.firstTile));
          lists.push(list);
          const pass = encoder.beginComputePass();
          pass.setPipeline(findSurvivors);
          pass.setBindGroup(
            0,
            bind(findSurvivors, at, [
              [2, integers],
              [7, list],
              [8, left],
            ]),
          );
          pass.dispatchWorkgroups(here.length);
          pass.end();
        });
        device.queue.submit([encoder.finish()]);
        const firstBytes = COUNT_BYTES + FIRST_SURVIVORS * RECORD_BYTES;
        const first = new Uint32Array(await readBuffer(live, left, 0, firstBytes));
        for (const list of lists) list.destroy();
        const count = first[0] ?? 0;
        if (count <= FIRST_SURVIVORS) return readSurvivors(first.subarray(1), count);
        const all = await readBuffer(live, left, COUNT_BYTES, count * RECORD_BYTES);
        return readSurvivors(new Uint32Array(all), count);
      };
      return {
        async maxima() {
          const bytes = 4 * queryCount * tiles;
          const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
          const maxima = device.createBuffer({ label: "maxima", size: bytes, usage });
          const isOne = queryCount === 1;
          const pipeline = isOne ? findMaximaOfOne : findMaxima;
          const integersAt = isOne ? ([2, integers] as const) : ([9, lanes] as const);
          opened.forEach(({ shard }, at) => {
            const encoder = device.createCommandEncoder();
            const pass = encoder.beginComputePass();
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, bind(pipeline, at, [integersAt, [6, maxima]]));
            pass.dispatchWorkgroups(shard.tiles);
            pass.end();
            // A submission of its own: what draws the page can come between two shards.
            device.queue.submit([encoder.finish()]);
          });
          try {
            return new Float32Array(await readBuffer(live, maxima, 0, bytes));
          } finally {
            maxima.destroy();
          }
        },
        async survivors(wanted, signal) {
          const found: Survivor[][] = [];
          for (let from = 0; from < wanted.length; from += PAIRS_AT_ONCE) {
            signal.throwIfAborted();
            found.push(await lookAgain(wanted.slice(from, from + PAIRS_AT_ONCE)));
          }
          return found.flat();
        },
        close() {
          const buffers = [
            integers,
            lanes,
            records,
            bases,
            works,
            ...opened.map(({ settings }) => settings),
          ];
          for (const buffer of buffers) buffer.destroy();
        },
      };
    },
    destroy: () => left.destroy(),
  };
}

/** [tiles × 4] tile within its shard, query, bits of the floor, nothing. */
function pairList(wanted: readonly WantedTile[], firstTile: number): Uint32Array<ArrayBuffer> {
  const list = new Uint32Array(wanted.length * PAIR_WORDS);
  const floors = new Float32Array(list.buffer);
  wanted.forEach(({ tile, query, floor }, index) => {
    list[PAIR_WORDS * index] = tile - firstTile;
    list[PAIR_WORDS * index + 1] = query;
    floors[PAIR_WORDS * index + 2] = floor;
  });
  return list;
}

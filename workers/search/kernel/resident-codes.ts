import { residentBytes } from "../../../src/core/codes/plain-kernel.ts";
import type { ResidentBlock, ResidentCodes } from "../../../src/core/codes/scan-kernel.ts";
import { type PackedPlanes, planeRuns } from "../../../src/core/codes/unpack.ts";
import { SIGN_BLOCK_ROWS, type SignCluster } from "../../../src/core/edition/sign-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import type { QueryRoom } from "./query-room.ts";

/** Five words of a job; see `assembly/scan.ts`. */
const JOB_BYTES = 20;
/** Rows that a batch unpacks at once, to two bytes a number at most. */
const BATCH_ROWS = 4;
/** Scores in one piece of a scan that threads share: a tenth of a millisecond. */
const SCORES_A_PIECE = 4096;

/** A block in the kernel's memory: nibble rows, then f4, h and adapted factors. */
interface CodesAt extends ResidentBlock {
  readonly address: number;
  readonly bytes: number;
}

/** Signs in the kernel's memory, padded to whole blocks of 16 rows, then f1 and h. */
interface SignsAt {
  readonly count: number;
  readonly address: number;
  readonly bytes: number;
}

/** A store of codes in a kernel's memory. */
export function createResidentCodes(
  kernel: KernelMemory,
  queryRoom: QueryRoom,
  codeDim: number,
  capacityBytes: number,
): ResidentCodes {
  const { arena, exports, room } = kernel;
  const rowBytes = codeDim / 2;
  const codes = new Map<number, CodesAt>();
  const signs = new Map<number, SignsAt>();
  let used = 0;
  const allocate = (bytes: number): number | null => {
    const address = used + bytes > capacityBytes ? null : arena.allocate(bytes);
    if (address !== null) used += bytes;
    return address;
  };
  const drop = <T extends CodesAt | SignsAt>(from: Map<number, T>, block: number) => {
    const at = from.get(block);
    if (at === undefined) return;
    arena.free(at.address, at.bytes);
    used -= at.bytes;
    from.delete(block);
  };
  const find = (block: number): CodesAt => {
    const at = codes.get(block);
    if (at === undefined) throw invalid(`block ${block} is not here`);
    return at;
  };
  const floats = (address: number, count: number) =>
    arena.views().f32.subarray(address / 4, address / 4 + count);

  return {
    codeDim,
    capacityBytes,
    usedBytes: () => used,
    get: (block) => codes.get(block),
    hasSigns: (block) => signs.has(block),
    remove(block) {
      drop(codes, block);
      drop(signs, block);
    },
    add(block, packed) {
      drop(codes, block);
      drop(signs, block);
      const { count, flags, rows, works } = packed;
      const bytes = residentBytes(count, codeDim);
      // Before the block's own memory is taken, so that none is lost where this fails.
      const packedAt = room("packed", (4 * count * codeDim) / 8);
      const address = allocate(bytes);
      if (address === null) return false;
      unpackInto(kernel, packed.planes, packedAt, count, codeDim, address);
      const factors = floats(address + count * rowBytes, 3 * count);
      factors.set(packed.f4);
      factors.set(packed.h, count);
      factors.set(packed.adaptedFactors, 2 * count);
      codes.set(block, { count, flags, rows, works, address, bytes });
      return true;
    },
    addSigns(block, cluster) {
      if (codes.has(block)) return false;
      drop(signs, block);
      const padded = Math.ceil(cluster.count / SIGN_BLOCK_ROWS) * SIGN_BLOCK_ROWS;
      const planesBytes = (padded * codeDim) / 8;
      const bytes = planesBytes + 8 * padded;
      const address = allocate(bytes);
      if (address === null) return false;
      arena.views().u8.set(padBlocks(cluster, codeDim), address);
      const factors = floats(address + planesBytes, 2 * padded).fill(0);
      factors.set(cluster.f1);
      factors.set(cluster.h, padded);
      signs.set(block, { count: cluster.count, address, bytes });
      return true;
    },
    row(block, index) {
      const { address, count } = find(block);
      if (!(Number.isInteger(index) && index >= 0 && index < count)) {
        throw invalid(`row ${index} of block ${block}`);
      }
      const start = address + index * rowBytes;
      const factors = floats(address + count * rowBytes, 3 * count);
      return {
        nibbles: new Uint8Array(arena.views().u8.slice(start, start + rowBytes)),
        f4: factors[index] ?? 0,
        h: factors[count + index] ?? 0,
        adaptedFactor: factors[2 * count + index] ?? 0,
      };
    },
    copy(block) {
      const { address, count, flags, rows, works } = find(block);
      const factors = floats(address + count * rowBytes, 3 * count);
      const bytes = arena.views().u8.subarray(address, address + count * rowBytes);
      return {
        count,
        flags,
        rows,
        works,
        nibbles: new Uint8Array(bytes),
        f4: new Float32Array(factors.subarray(0, count)),
        h: new Float32Array(factors.subarray(count, 2 * count)),
        adaptedFactors: new Float32Array(factors.subarray(2 * count)),
      };
    },
    scan(blocks, queries, centroidScores, scores) {
      const foreign = queries.find((query) => query.codeDim !== codeDim);
      if (foreign !== undefined) throw invalid(`a query of ${foreign.codeDim} numbers`);
      const found = blocks.map(find);
      const scored = found.reduce((rows, { count }) => rows + count, 0) * queries.length;
      if (scored === 0) return;
      const query = queryRoom.put(queries);
      const centroidsAt = room("centroid-scores", 4 * found.length * queries.length);
      const scratchBytes = BATCH_ROWS * 2 * codeDim;
      const scratch = room("scratch", kernel.threads * scratchBytes);
      const scoresAt = room("scores", 4 * scored);
      const jobs = room("jobs", JOB_BYTES * found.length);
      const { f32, u32 } = arena.views();
      f32.set(centroidScores.subarray(0, found.length * queries.length), centroidsAt / 4);
      let word = jobs / 4;
      let out = scoresAt;
      let centroid = centroidsAt;
      for (const { address, count } of found) {
        u32[word++] = address;
        u32[word++] = address + count * rowBytes;
        u32[word++] = centroid;
        u32[word++] = out;
        u32[word++] = count;
        centroid += 4 * queries.length;
        out += 4 * count * queries.length;
      }
      const isAlone = queries.length === 1;
      const job = {
        operation: isAlone ? "scanJobs" : "scanJobsBatched",
        parameters: [jobs, rowBytes, query, ...(isAlone ? [] : [queries.length])],
        count: found.length,
        piece: Math.ceil((SCORES_A_PIECE * found.length) / scored),
        scratch: { address: scratch, bytes: scratchBytes },
      } as const;
      kernel.run(job, scored);
      scores.set(floats(scoresAt, scored));
    },
    scanSigns(block, query, table, centroidScore, scores) {
      const at = signs.get(block);
      if (at === undefined) throw invalid(`signs of block ${block} are not here`);
      if (query.codeDim !== codeDim) throw invalid(`a query of ${query.codeDim} numbers`);
      const blocks = Math.ceil(at.count / SIGN_BLOCK_ROWS);
      const padded = blocks * SIGN_BLOCK_ROWS;
      const tableAt = room("table", table.entries.length);
      const scoresAt = room("scores", 4 * padded);
      arena.views().u8.set(table.entries, tableAt);
      const factors = at.address + (padded * codeDim) / 8;
      exports.scanSigns(
        ...[at.address, blocks, codeDim / 8, factors, tableAt],
        ...[table.a, table.b, query.hub, centroidScore, scoresAt],
      );
      scores.set(floats(scoresAt, at.count));
    },
  };
}

/** Unpacks planes, by way of `packedAt`, to nibble rows at `target`. */
function unpackInto(
  { arena, exports }: KernelMemory,
  planes: PackedPlanes,
  packedAt: number,
  count: number,
  codeDim: number,
  target: number,
): void {
  const planeBytes = codeDim / 8;
  const memory = arena.views().u8;
  const signsAt = packedAt;
  let magnitudesAt = packedAt;
  if (planes.layout === "work") {
    memory.set(planes.planes, packedAt);
  } else {
    magnitudesAt += count * planeBytes;
    memory.set(planes.signBlocks, packedAt);
    memory.set(planes.magnitudes, magnitudesAt);
  }
  for (const { firstRow, rows, sign, magnitudes } of planeRuns(planes.layout, count, codeDim)) {
    exports.unpackRows(
      ...[rows, planeBytes, signsAt + sign.offset, sign.byteStride, sign.rowStride],
      ...[magnitudesAt + magnitudes.offset, magnitudes.rowStride],
      target + firstRow * 4 * planeBytes,
    );
  }
}

/** The sign blocks of a cluster, the last one padded to 16 rows. */
function padBlocks({ blocks, count }: SignCluster, codeDim: number): Uint8Array {
  const rest = count % SIGN_BLOCK_ROWS;
  if (rest === 0) return blocks;
  const planeBytes = codeDim / 8;
  const whole = (count - rest) * planeBytes;
  const padded = new Uint8Array(whole + SIGN_BLOCK_ROWS * planeBytes);
  padded.set(blocks.subarray(0, whole));
  for (let byte = 0; byte < planeBytes; byte++) {
    const from = whole + byte * rest;
    padded.set(blocks.subarray(from, from + rest), whole + byte * SIGN_BLOCK_ROWS);
  }
  return padded;
}

function invalid(what: string): AppError {
  return new AppError({ code: "invalid-argument", what });
}

import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { byworkBytesPerRow } from "../../../src/core/edition/bywork-file.ts";
import { encodeRestCluster, restBytesPerRow } from "../../../src/core/edition/rest-file.ts";
import { encodeSignCluster, signBytesPerRow } from "../../../src/core/edition/sign-file.ts";
import type { ChunkStore } from "../coding/chunk-store.ts";
import { createBlockWriter, type WrittenFile } from "./file-writer.ts";

/** Codes of consecutive clusters that lie in memory at a time: half a gigabyte, of large corpora so much that all is read 16 times. */
const SLAB_BYTES = 2 ** 29;
const MOST_SLABS = 16;

/** `sign` and `rest` as they were written. */
export interface WrittenClusters {
  readonly sign: WrittenFile;
  readonly rest: WrittenFile;
}

/** How many rows each cluster has. */
export function countRowsOfClusters(
  clusterOf: Uint32Array,
  clusters: number,
): Uint32Array<ArrayBuffer> {
  const counts = new Uint32Array(clusters);
  for (const cluster of clusterOf) counts[cluster] = (counts[cluster] ?? 0) + 1;
  return counts;
}

/**
 * Sorts the codes of all chunks by cluster, rows ascending within each, and writes `sign` and `rest`: a counting sort, as many clusters
 * at a time as fit into `slabBytes`, each time over all chunks.
 */
export async function writeClusters(
  folder: string,
  chunks: ChunkStore,
  dim: number,
  clusterOf: Uint32Array,
  counts: Uint32Array,
  onRows: (done: number) => void,
  signal: AbortSignal,
  slabBytes = slabBytesFor(clusterOf.length, codeDimOf(dim)),
): Promise<WrittenClusters> {
  const codeDim = codeDimOf(dim);
  const bytesOf = (perRow: number) => ({
    count: counts.length,
    bytes: (cluster: number) => (counts[cluster] ?? 0) * perRow,
  });
  const signs = await createBlockWriter(folder, "sign", bytesOf(signBytesPerRow(codeDim)));
  const rests = await createBlockWriter(folder, "rest", bytesOf(restBytesPerRow(codeDim)));
  try {
    let done = 0;
    for (const { first, end } of slabsOf(counts, slabBytes, codeDim)) {
      const slab = createSlab(counts.subarray(first, end), codeDim);
      for (let chunk = 0; chunk < chunks.plan.chunks; chunk++) {
        signal.throwIfAborted();
        const coded = await chunks.read(chunk);
        const firstRow = chunk * chunks.plan.chunkRows;
        const rows = clusterOf.subarray(firstRow, firstRow + chunks.plan.chunkRows);
        const records = new DataView(coded.bywork.buffer, coded.bywork.byteOffset);
        rows.forEach((cluster, i) => {
          if (cluster < first || cluster >= end) return;
          slab.add(cluster - first, firstRow + i, coded.bywork, records, i, coded.f1[i] ?? 0);
        });
      }
      for (let cluster = first; cluster < end; cluster++) {
        const { sign, rest } = slab.encode(cluster - first);
        await signs.append(sign);
        await rests.append(rest);
        done += counts[cluster] ?? 0;
        onRows(done);
      }
    }
    return { sign: await signs.finish(), rest: await rests.finish() };
  } catch (error) {
    await Promise.allSettled([signs.abandon(), rests.abandon()]);
    throw error;
  }
}

function slabBytesFor(rows: number, codeDim: number): number {
  const all = rows * (signBytesPerRow(codeDim) + restBytesPerRow(codeDim));
  return Math.max(SLAB_BYTES, all / MOST_SLABS);
}

/** Runs of clusters whose codes have at most `slabBytes` together; a larger cluster is a run of its own. */
function slabsOf(counts: Uint32Array, slabBytes: number, codeDim: number) {
  const rowBytes = signBytesPerRow(codeDim) + restBytesPerRow(codeDim);
  const slabs: { first: number; end: number }[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  counts.forEach((count, cluster) => {
    const last = slabs.at(-1);
    bytes += count * rowBytes;
    if (last !== undefined && bytes <= slabBytes) last.end = cluster + 1;
    else {
      slabs.push({ first: cluster, end: cluster + 1 });
      bytes = count * rowBytes;
    }
  });
  return slabs;
}

/** Codes of consecutive clusters, to be filled row by row. */
function createSlab(counts: Uint32Array, codeDim: number) {
  const planeBytes = codeDim / 8;
  const recordBytes = byworkBytesPerRow(codeDim);
  const side = codeDim / 2;
  const firsts = new Uint32Array(counts.length);
  let places = 0;
  counts.forEach((count, cluster) => {
    firsts[cluster] = places;
    places += count;
  });
  const next = firsts.slice();
  const signs = new Uint8Array(places * planeBytes);
  const planes = new Uint8Array(places * 3 * planeBytes);
  const halves = () => new Uint16Array(places);
  const [f1, h, f4, adaptedFactors, flags] = [halves(), halves(), halves(), halves(), halves()];
  const rows = new Uint32Array(places);
  return {
    /** Takes record `index` of a chunk: planes, cluster, h, f4, adapted factor, flags (see bywork-file.ts). */
    add(
      cluster: number,
      row: number,
      bytes: Uint8Array,
      view: DataView,
      index: number,
      factor: number,
    ) {
      const place = next[cluster] ?? 0;
      next[cluster] = place + 1;
      const start = index * recordBytes;
      signs.set(bytes.subarray(start, start + planeBytes), place * planeBytes);
      planes.set(bytes.subarray(start + planeBytes, start + side), place * 3 * planeBytes);
      f1[place] = factor;
      h[place] = view.getUint16(start + side + 4, true);
      f4[place] = view.getUint16(start + side + 6, true);
      adaptedFactors[place] = view.getUint16(start + side + 8, true);
      flags[place] = view.getUint16(start + side + 10, true);
      rows[place] = row;
    },
    encode(cluster: number) {
      const first = firsts[cluster] ?? 0;
      const count = counts[cluster] ?? 0;
      const end = first + count;
      const own = {
        count,
        signs: signs.subarray(first * planeBytes, end * planeBytes),
        planes: planes.subarray(first * 3 * planeBytes, end * 3 * planeBytes),
        f1: f1.subarray(first, end),
        h: h.subarray(first, end),
        f4: f4.subarray(first, end),
        adaptedFactors: adaptedFactors.subarray(first, end),
        flags: flags.subarray(first, end),
        rows: rows.subarray(first, end),
      };
      return { sign: encodeSignCluster(own, codeDim), rest: encodeRestCluster(own) };
    },
  };
}

import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { scanHalves, unitRows } from "../../src/core/own-texts/half-index.ts";
import { ownCodeSpace, packedOf } from "../../src/core/own-texts/own-codes.ts";
import type { RowSpan } from "../../src/core/own-texts/plan-blocks.ts";
import type { Run } from "../../src/core/own-texts/row-runs.ts";
import type { AdoptedModel, ModelVariant } from "../../src/core/protocol.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { CodesStore, StoredBlock } from "./codes-store.ts";
import type { VectorsStore } from "./vectors-store.ts";

/** A row that was found, with its unit vector. */
export interface FoundRow {
  readonly row: number;
  readonly score: number;
  readonly vector: Float32Array<ArrayBuffer>;
}

/**
 * The vectors of one model and variant, as far as a search needs them in memory: codes of four bits for blocks of rows, and
 * halves for the rows that no block holds yet. The best by code are scored again by their halves.
 */
export interface OwnIndex {
  /** Takes over what is kept: new blocks and runs are read, those that are gone are dropped. */
  load(runs: readonly Run[], signal: AbortSignal): Promise<void>;
  /** The `count` closest of the rows that `accepts` lets through, with exact scores, best first. */
  search(
    query: Float32Array<ArrayBuffer>,
    count: number,
    accepts: (row: number) => boolean,
    signal: AbortSignal,
  ): Promise<readonly FoundRow[]>;
  /** Scores of rows that `accepts` lets through, `most` at most, some of them by code. */
  sampleScores(
    query: Float32Array<ArrayBuffer>,
    most: number,
    accepts: (row: number) => boolean,
  ): Float32Array;
}

/** Where the index reads. */
export interface IndexStores {
  readonly vectors: Pick<VectorsStore, "read">;
  readonly codes: CodesStore;
}

/** Records that one transaction reads. */
const RECORDS_AT_ONCE = 128;
/** Candidates beyond those asked for that are scored exactly: the true 25 lie among the best 50 by code (docs/decisions). */
const RERANK_MARGIN = 50;

/** A block in the kernel, by its number there. */
interface HeldBlock {
  readonly span: RowSpan;
  readonly runs: readonly Run[];
  readonly count: number;
  readonly centroid: Float32Array<ArrayBuffer>;
}

/** Creates an empty index over what is kept. */
export function createOwnIndex(
  model: AdoptedModel,
  variant: ModelVariant,
  stores: IndexStores,
  kernel: ScanKernel,
): OwnIndex {
  const { dim } = model;
  const space = ownCodeSpace(dim);
  const resident = kernel.openCodes(codeDimOf(dim), Number.MAX_SAFE_INTEGER);
  const blocks = new Map<number, HeldBlock>();
  const tail = new Map<string, Run & { readonly halves: Uint16Array<ArrayBuffer> }>();
  let nextBlock = 0;

  const drop = (id: number): void => {
    resident.remove(id);
    blocks.delete(id);
  };
  const hold = (span: RowSpan, { runs, codes }: StoredBlock): boolean => {
    const rows = runs.reduce((total, { count }) => total + count, 0);
    const fits = rows === codes.count && codes.planes.length === (rows * codeDimOf(dim)) / 2;
    if (!fits || codes.centroid.length !== dim || !resident.add(nextBlock, packedOf(codes))) {
      return false;
    }
    blocks.set(nextBlock, { span, runs, count: rows, centroid: codes.centroid });
    nextBlock += 1;
    return true;
  };

  async function loadBlocks(kept: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const spans = await stores.codes.spans(model, variant);
    const wanted = new Map(spans.map((span) => [`${span.firstRow}-${span.end}`, span]));
    for (const [id, { span, runs }] of blocks) {
      const isThere = wanted.delete(`${span.firstRow}-${span.end}`);
      if (!isThere || !runs.every((run) => kept.has(keyOf(run)))) drop(id);
    }
    const missing = [...wanted.values()];
    const useless: RowSpan[] = [];
    for (let at = 0; at < missing.length; at += RECORDS_AT_ONCE) {
      signal.throwIfAborted();
      const portion = missing.slice(at, at + RECORDS_AT_ONCE);
      const read = await stores.codes.read(model, variant, portion);
      for (const [index, span] of portion.entries()) {
        const block = read[index];
        if (block === undefined) continue;
        const isWhole = block.runs.every((run) => kept.has(keyOf(run)));
        if (!isWhole || !hold(span, block)) useless.push(span);
      }
    }
    if (useless.length > 0) await stores.codes.remove(model, variant, useless);
  }

  async function loadTail(runs: readonly Run[], signal: AbortSignal): Promise<void> {
    const coded = new Set([...blocks.values()].flatMap((block) => block.runs.map(keyOf)));
    const wanted = new Map(
      runs.flatMap((run) => (coded.has(keyOf(run)) ? [] : [[keyOf(run), run] as const])),
    );
    for (const key of [...tail.keys()]) if (!wanted.delete(key)) tail.delete(key);
    const missing = [...wanted.values()];
    for (let at = 0; at < missing.length; at += RECORDS_AT_ONCE) {
      signal.throwIfAborted();
      const portion = missing.slice(at, at + RECORDS_AT_ONCE);
      const read = await stores.vectors.read(model, variant, portion);
      for (const [index, run] of portion.entries()) {
        const halves = read[index];
        // Of another length, or gone meanwhile: the next look at what is kept tells.
        if (halves?.length === run.count * dim) tail.set(keyOf(run), { ...run, halves });
      }
    }
  }

  /** Scores every coded row; `offer` also gets the block. */
  function scanCodes(
    query: Float32Array<ArrayBuffer>,
    offer: (row: number, score: number, run: Run) => void,
  ): void {
    const held = [...blocks];
    if (held.length === 0) return;
    const scores = new Float32Array(held.reduce((total, [, { count }]) => total + count, 0));
    const offsets = Float32Array.from(held, ([, { centroid }]) =>
      dotFloats(centroid, 0, query, 0, dim),
    );
    const ids = held.map(([id]) => id);
    resident.scan(ids, [prepareQuery(space, query, false)], offsets, scores);
    let at = 0;
    for (const [, { runs }] of held) {
      for (const run of runs) {
        for (let row = run.firstRow; row < run.firstRow + run.count; row++, at++) {
          offer(row, scores[at] ?? 0, run);
        }
      }
    }
  }

  /** The candidates with their exact scores; those whose vectors are gone are left out. */
  async function scoreExactly(
    query: Float32Array,
    candidates: ReadonlyMap<number, Run>,
    signal: AbortSignal,
  ): Promise<FoundRow[]> {
    const runs = [...new Map([...candidates.values()].map((run) => [keyOf(run), run])).values()];
    const halvesOf = new Map<Run, Uint16Array<ArrayBuffer> | undefined>();
    for (let at = 0; at < runs.length; at += RECORDS_AT_ONCE) {
      signal.throwIfAborted();
      const portion = runs.slice(at, at + RECORDS_AT_ONCE);
      const read = await stores.vectors.read(model, variant, portion);
      for (const [index, run] of portion.entries()) halvesOf.set(run, read[index]);
    }
    return [...candidates].flatMap(([row, run]) => {
      const start = (row - run.firstRow) * dim;
      const halves = halvesOf.get(run)?.subarray(start, start + dim);
      if (halves?.length !== dim) return [];
      const vector = unitRows(halves, dim);
      return [{ row, vector, score: dotFloats(vector, 0, query, 0, dim) }];
    });
  }

  return {
    async load(runs, signal) {
      await loadBlocks(new Set(runs.map(keyOf)), signal);
      await loadTail(runs, signal);
    },
    async search(query, count, accepts, signal) {
      const coded = createTopK(count + RERANK_MARGIN);
      const runOf = new Map<number, Run>();
      scanCodes(query, (row, score, run) => {
        if (score < coded.threshold() || !accepts(row)) return;
        coded.offer(row, score);
        runOf.set(row, run);
      });
      const candidates = new Map(
        coded.take().flatMap(({ id }) => {
          const run = runOf.get(id);
          return run === undefined ? [] : [[id, run] as const];
        }),
      );
      const exact = new Map(
        (await scoreExactly(query, candidates, signal)).map((found) => [found.row, found]),
      );
      const top = createTopK(count);
      for (const { row, score } of exact.values()) top.offer(row, score);
      for (const run of tail.values()) {
        scanHalves(run, query, (row, score) => {
          if (score >= top.threshold() && accepts(row)) top.offer(row, score);
        });
      }
      return top
        .take()
        .map(({ id: row, score }) => exact.get(row) ?? { row, score, vector: tailVector(row) });
    },
    sampleScores(query, most, accepts) {
      const scores: number[] = [];
      const offer = (row: number, score: number): void => {
        if (scores.length < most && accepts(row)) scores.push(score);
      };
      for (const run of tail.values()) scanHalves(run, query, offer);
      scanCodes(query, offer);
      return Float32Array.from(scores);
    },
  };

  function tailVector(row: number): Float32Array<ArrayBuffer> {
    for (const { firstRow, count, halves } of tail.values()) {
      if (row < firstRow || row >= firstRow + count) continue;
      const start = (row - firstRow) * dim;
      return unitRows(halves.subarray(start, start + dim), dim);
    }
    return new Float32Array(dim);
  }
}

function keyOf({ firstRow, count }: Run): string {
  return `${firstRow}+${count}`;
}

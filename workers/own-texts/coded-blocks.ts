import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { ownCodeSpace, packedOf } from "../../src/core/own-texts/own-codes.ts";
import type { RowSpan } from "../../src/core/own-texts/plan-blocks.ts";
import { type Run, runKey } from "../../src/core/own-texts/row-runs.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import type { StoredBlock } from "./codes-store.ts";

/** Where the blocks of one model and variant lie. */
export interface KeptBlocks {
  spans(): Promise<readonly RowSpan[]>;
  read(spans: readonly RowSpan[]): Promise<readonly (StoredBlock | undefined)[]>;
  remove(spans: readonly RowSpan[]): Promise<void>;
}

/** Blocks of codes in the memory of a kernel. */
export interface CodedBlocks {
  /**
   * Takes over the blocks that are kept: new ones are read, those that are gone are dropped, and those of which less than half is
   * left are deleted, so that their rows come into another block.
   *
   * @param runs keys of the runs that have vectors
   */
  load(runs: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  /** True for a run that a block holds. */
  holds(run: Run): boolean;
  /** Scores every row by its code; rows of texts that are gone, too. */
  scan(
    query: Float32Array<ArrayBuffer>,
    offer: (row: number, score: number, run: Run) => void,
  ): void;
}

/** Blocks that one transaction reads. */
const BLOCKS_AT_ONCE = 64;

interface HeldBlock {
  readonly span: RowSpan;
  readonly runs: readonly Run[];
  readonly count: number;
  readonly centroid: Float32Array<ArrayBuffer>;
}

/** Creates it without blocks. */
export function createCodedBlocks(dim: number, kernel: ScanKernel, kept: KeptBlocks): CodedBlocks {
  const space = ownCodeSpace(dim);
  const resident = kernel.openCodes(codeDimOf(dim), Number.MAX_SAFE_INTEGER);
  const held = new Map<number, HeldBlock>();
  const coded = new Set<string>();
  let next = 0;

  const drop = (id: number): void => {
    resident.remove(id);
    for (const run of held.get(id)?.runs ?? []) coded.delete(runKey(run));
    held.delete(id);
  };
  /** False for a block that does not hold together, or that finds no room. */
  const hold = (span: RowSpan, { runs, codes }: StoredBlock): boolean => {
    const rows = countRows(runs);
    const fits = rows === codes.count && codes.planes.length === (rows * codeDimOf(dim)) / 2;
    if (!fits || codes.centroid.length !== dim || !resident.add(next, packedOf(codes))) {
      return false;
    }
    held.set(next, { span, runs, count: rows, centroid: codes.centroid });
    for (const run of runs) coded.add(runKey(run));
    next += 1;
    return true;
  };

  return {
    async load(runs, signal) {
      const isWorthIt = (block: readonly Run[]): boolean =>
        2 * countRows(block.filter((run) => runs.has(runKey(run)))) >= countRows(block);
      const spans = new Map((await kept.spans()).map((span) => [spanKey(span), span]));
      for (const [id, { span, runs: own }] of held) {
        if (!spans.has(spanKey(span)) || !isWorthIt(own)) drop(id);
        else spans.delete(spanKey(span));
      }
      const missing = [...spans.values()];
      const useless: RowSpan[] = [];
      for (let at = 0; at < missing.length; at += BLOCKS_AT_ONCE) {
        signal.throwIfAborted();
        const portion = missing.slice(at, at + BLOCKS_AT_ONCE);
        const read = await kept.read(portion);
        for (const [index, span] of portion.entries()) {
          const block = read[index];
          if (block === undefined) continue;
          if (!isWorthIt(block.runs) || !hold(span, block)) useless.push(span);
        }
      }
      if (useless.length > 0) await kept.remove(useless);
    },
    holds: (run) => coded.has(runKey(run)),
    scan(query, offer) {
      const blocks = [...held];
      if (blocks.length === 0) return;
      const scores = new Float32Array(blocks.reduce((total, [, { count }]) => total + count, 0));
      const offsets = Float32Array.from(blocks, ([, { centroid }]) =>
        dotFloats(centroid, 0, query, 0, dim),
      );
      const ids = blocks.map(([id]) => id);
      resident.scan(ids, [prepareQuery(space, query, false)], offsets, scores);
      let at = 0;
      for (const [, { runs }] of blocks) {
        for (const run of runs) {
          const end = run.firstRow + run.count;
          for (let row = run.firstRow; row < end; row++, at++) offer(row, scores[at] ?? 0, run);
        }
      }
    },
  };
}

function countRows(runs: readonly Run[]): number {
  return runs.reduce((total, { count }) => total + count, 0);
}

function spanKey({ firstRow, end }: RowSpan): string {
  return `${firstRow}-${end}`;
}

import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import type { IndexFiles } from "../../src/core/edition/manifest-files.ts";
import type { Proof } from "../../src/core/edition/manifest-proof.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { type Arithmetic, leadingRows } from "./arithmetic.ts";
import type { IndexTask } from "./build-one-index.ts";
import { rowsOfChunk } from "./coding/chunk-plan.ts";
import { createRows } from "./create-rows.ts";
import type { ReportPhase } from "./progress.ts";
import { openIndexFolder } from "./prove/open-index-folder.ts";
import { openNodeScanKernel } from "./prove/open-scan-kernel.ts";
import { proveEdition } from "./prove/prove-edition.ts";
import type { StreamRows } from "./prove/proved-index.ts";
import type { Pictures } from "./read-pictures.ts";
import { drawSpreadRuns } from "./training/seeded-rows.ts";
import { readUnitRows } from "./vectors/read-unit-rows.ts";

/** Rows that queries are made from where too few are given. */
const SAMPLE_ROWS = 20_000;

/** What an edition is proved with. */
export interface ProofContext {
  readonly arithmetic: Arithmetic;
  /** What its indexes were built from: one, or two. */
  readonly tasks: readonly IndexTask[];
  readonly pictures: Pictures;
  readonly idOf: (row: number) => Promise<string>;
  readonly seed: number;
  readonly report: ReportPhase;
}

/** Steps that the progress of a proof is told in. */
const STEPS = 1000;

/** Reads an edition back and measures it against exact search over the vectors that it was built from. */
export async function proveWritten(
  out: string,
  manifest: EditionManifest,
  { arithmetic, tasks, pictures, idOf, seed, report }: ProofContext,
  signal: AbortSignal,
): Promise<Proof> {
  const [first, second] = tasks;
  if (first === undefined) throw new RangeError("no index to prove");
  const { files, adapted, works, exact } = manifest;
  const open = (task: IndexTask, indexFiles: IndexFiles) =>
    openIndexFolder(out, indexFiles, { works, exact: task.exact });
  const stream = (task: IndexTask) => streamRows(arithmetic, task, idOf);
  const list = drawSpreadRuns(first.source.count, SAMPLE_ROWS, createSeededRandom(seed));
  const { rows } = await readUnitRows(arithmetic, first.source, list, idOf, signal);
  const base = await open(first, files);
  const own =
    second !== undefined && adapted?.kind === "own" ? await open(second, adapted.files) : null;
  try {
    report("proof", 0, STEPS);
    return await proveEdition(
      {
        base: {
          index: exact?.kind === "external" ? { ...base.index, readRows: "given" } : base.index,
          stream: stream(first),
        },
        adapted:
          own === null || second === undefined
            ? null
            : { index: own.index, stream: stream(second) },
        sample: Float32Array.from(rows.values),
        images: pictures.test,
        texts: pictures.phrases,
        seed,
        kernel: await openNodeScanKernel(),
      },
      (share) => report("proof", Math.floor(share * STEPS), STEPS),
      signal,
    );
  } finally {
    await base.close();
    await own?.close();
  }
}

/** All rows of an index, chunk by chunk; the next is read into one of two buffers while the other is in use. */
function streamRows(
  arithmetic: Arithmetic,
  { source, plan }: IndexTask,
  idOf: (row: number) => Promise<string>,
): StreamRows {
  return async function* (signal) {
    const most = rowsOfChunk(plan, 0).length;
    let [spare, used] = [createRows(most, source.dim), createRows(most, source.dim)];
    const load = (chunk: number) => {
      const list = rowsOfChunk(plan, chunk);
      [spare, used] = [used, spare];
      return readUnitRows(arithmetic, source, list, idOf, signal, leadingRows(used, list.length));
    };
    let next = load(0);
    for (let chunk = 0; chunk < plan.chunks; chunk++) {
      const { rows } = await next;
      if (chunk + 1 < plan.chunks) {
        next = load(chunk + 1);
        next.catch(() => undefined);
      }
      yield { rows: rowsOfChunk(plan, chunk), vectors: rows.values };
    }
  };
}

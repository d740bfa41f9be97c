import { encodeIndexRouter } from "../../src/core/edition/index-router.ts";
import type { LowRankTransform } from "../../src/core/edition/low-rank-transform.ts";
import type { EditionFile, IndexFiles } from "../../src/core/edition/manifest-files.ts";
import type { HnswGraph } from "../../src/core/search/hnsw-graph.ts";
import type { Arithmetic, Rows } from "./arithmetic.ts";
import { type BuildPart, type ChunkPlan, chunksOfPart, rowsOfChunk } from "./coding/chunk-plan.ts";
import { type IndexName, nameTraining, openChunks } from "./coding/chunk-store.ts";
import { codeChunks } from "./coding/code-chunks.ts";
import { buildRouterGraph } from "./layout/build-router-graph.ts";
import { isWritten, joinHashes, writeChunkedFile } from "./layout/edition-file.ts";
import type { WrittenFile } from "./layout/file-writer.ts";
import {
  countRowsOfClusters,
  type WrittenClusters,
  writeClusters,
} from "./layout/lay-out-clusters.ts";
import { type WrittenByWork, writeByWork, writeExactRows } from "./layout/lay-out-rows.ts";
import type { Log, ReportPhase } from "./progress.ts";
import { sampleRows } from "./training/sample-rows.ts";
import { codebookOf, type Training, train } from "./training/train.ts";
import { planTraining } from "./training/training-plan.ts";
import type { VectorSource } from "./vectors/vector-source.ts";
import type { WorkFolder } from "./work-folder.ts";

/** What is laid out one after the other, each kept. */
const LAYOUT_STEPS = ["bywork", "clusters", "rows"] as const;
type LayoutStep = (typeof LAYOUT_STEPS)[number];

/** What one index is built from, and with. */
export interface IndexTask {
  readonly name: IndexName;
  readonly source: VectorSource;
  readonly sentencesOfWorks: readonly number[];
  readonly flags: Uint16Array;
  /** Unit vectors of pictures to learn from, or null. */
  readonly images: Rows | null;
  readonly transform: LowRankTransform | null;
  /** Numbers of the file of exact rows; null: there is none. */
  readonly exact: "f32" | "f16" | null;
  readonly plan: ChunkPlan;
  readonly seed: number;
  readonly idOf: (row: number) => Promise<string>;
}

/** What a build works with. */
export interface BuildContext {
  readonly arithmetic: Arithmetic;
  readonly folder: WorkFolder;
  readonly log: Log;
  readonly report: ReportPhase;
}

/** Learns what rows are coded against; done once and kept. */
export async function trainIndex(
  { arithmetic, folder, log, report }: BuildContext,
  { name, source, images, transform, seed, idOf }: IndexTask,
  signal: AbortSignal,
): Promise<Training> {
  const checkpoint = `${name}-training`;
  const kept = await folder.read(checkpoint);
  // The folder checked the hash of what was written below.
  if (kept !== null) return kept as Training;
  const plan = planTraining(source.count, source.dim);
  const sample = await sampleRows(
    ...([arithmetic, source, plan.sampleRows, seed, idOf, report, signal] as const),
  );
  const input = { sample, images, transform, plan, seed };
  const training = await train(arithmetic, input, report, signal);
  await folder.write(checkpoint, training);
  if (training.hubShare !== null) log(`hub share ${training.hubShare.toFixed(3)}`);
  return training;
}

/** Codes the rows of an index, or of one part of it. */
export async function codeIndex(
  { arithmetic, folder, report }: BuildContext,
  task: IndexTask,
  training: Training,
  part: BuildPart | null,
  signal: AbortSignal,
): Promise<void> {
  const chunks = chunksOfPart(task.plan, part);
  const total = chunks.reduce((sum, chunk) => sum + rowsOfChunk(task.plan, chunk).length, 0);
  const coding = { ...task, index: task.name, training, chunks };
  const onRows = (done: number) => report("codes", done, total);
  await codeChunks(arithmetic, coding, folder, onRows, signal);
}

/** The graph of an index's router; done once and kept. */
export async function graphIndex(
  { folder }: BuildContext,
  { name, seed }: IndexTask,
  training: Training,
  signal: AbortSignal,
): Promise<HnswGraph> {
  const checkpoint = `${name}-graph`;
  const kept = await folder.read(checkpoint);
  if (kept !== null) return kept as HnswGraph;
  const { centroids, dim } = codebookOf(training);
  const graph = await buildRouterGraph(centroids, dim, seed, signal);
  await folder.write(checkpoint, graph);
  return graph;
}

/** An index as it was written to the edition's folder. */
export interface WrittenIndex {
  readonly files: IndexFiles;
  readonly clusters: number;
  /** Rows that were not of unit length. */
  readonly renormalized: number;
}

/**
 * Lays out the chunks of an index as the files of an edition, each done once and kept.
 *
 * @param folders work folders that chunks may be in
 */
export async function layOutIndex(
  context: BuildContext,
  task: IndexTask,
  training: Training,
  graph: HnswGraph,
  folders: readonly WorkFolder[],
  out: string,
  signal: AbortSignal,
): Promise<WrittenIndex> {
  const { folder, report } = context;
  const { name, plan, exact, sentencesOfWorks, source } = task;
  const { dim } = source;
  const chunks = await openChunks(folders, name, plan, nameTraining(training));
  const clusters = training.centroidScales.length;
  const steps = exact === null ? 2 : 3;
  const progress = (step: number) => (rows: number) =>
    report(
      "layout",
      step * plan.sentences + Math.min(rows, plan.sentences - 1),
      steps * plan.sentences,
    );

  /** What a step wrote, from an earlier run where its files are still there. */
  const once = async <T>(
    step: LayoutStep,
    filesOf: (done: T) => EditionFile[],
    write: () => Promise<T>,
  ) => {
    const kept = (await folder.read(`${name}-${step}`)) as T | null;
    if (kept !== null && (await isWritten(out, filesOf(kept)))) return kept;
    progress(LAYOUT_STEPS.indexOf(step))(0);
    const done = await write();
    await folder.write(`${name}-${step}`, done);
    return done;
  };
  const bywork = await once<WrittenByWork>(
    "bywork",
    (done) => [done.file],
    () => writeByWork(out, chunks, dim, sentencesOfWorks, progress(0), signal),
  );
  const counts = countRowsOfClusters(bywork.clusterOf, clusters);
  const codes = await once<WrittenClusters>(
    "clusters",
    (done) => [done.sign.file, done.rest.file],
    () => writeClusters(out, chunks, dim, bywork.clusterOf, counts, progress(1), signal),
  );
  const rows =
    exact === null
      ? null
      : await once<WrittenFile>(
          "rows",
          (done) => [done.file],
          () => writeExactRows(out, chunks, dim, exact, progress(2), signal),
        );
  const hashes = joinHashes([codes.sign, codes.rest, bywork, rows]);
  const router = encodeIndexRouter({
    dim,
    sentences: plan.sentences,
    clusters,
    counts,
    firstPlaces: firstPlacesOf(counts),
    centroids: training.centroids,
    centroidScales: training.centroidScales,
    graph,
    space: {
      dim,
      rotationSeed: training.rotationSeed,
      metricInverse: training.metricInverse,
      hub: training.hub,
    },
    transform: training.transform,
  });
  const files: IndexFiles = {
    router: await writeChunkedFile(out, "router", router),
    sign: codes.sign.file,
    rest: codes.rest.file,
    bywork: bywork.file,
    hashes: await writeChunkedFile(out, "hashes", hashes),
    ...(rows === null ? {} : { rows: rows.file }),
  };
  report("layout", steps * plan.sentences, steps * plan.sentences);
  return { files, clusters, renormalized: bywork.renormalized };
}

/** Bytes of the large files of an index that an earlier run has laid out in the edition's folder. */
export async function bytesLaidOut(
  folder: WorkFolder,
  index: IndexName,
  out: string,
): Promise<number> {
  let bytes = 0;
  for (const step of LAYOUT_STEPS) {
    const kept = await folder.read(`${index}-${step}`);
    if (kept === null) continue;
    const { file, sign, rest } = kept as Partial<WrittenFile & WrittenClusters>;
    const files = [file, sign?.file, rest?.file].filter((one) => one !== undefined);
    if (!(await isWritten(out, files))) continue;
    for (const one of files) bytes += one.bytes;
  }
  return bytes;
}

function firstPlacesOf(counts: Uint32Array): Uint32Array<ArrayBuffer> {
  const firstPlaces = new Uint32Array(counts.length);
  let place = 0;
  counts.forEach((count, cluster) => {
    firstPlaces[cluster] = place;
    place += count;
  });
  return firstPlaces;
}

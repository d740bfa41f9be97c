import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import { readPackTexts, readTextAdapter, type TextAdapter } from "./adapter-transform.ts";
import type { Begun } from "./begun.ts";
import { BuildError } from "./build-error.ts";
import {
  type BuildContext,
  codeIndex,
  graphIndex,
  layOutIndex,
  trainIndex,
  type WrittenIndex,
} from "./build-one-index.ts";
import type { BuildOptions, BuildTask } from "./build-options.ts";
import { type AdaptedPlan, decideAdapted } from "./decide-adapted.ts";
import { chooseArithmetic } from "./gpu/choose-arithmetic.ts";
import { identifyInput } from "./input-identity.ts";
import { type LaidOutTexts, openLaidOutTexts } from "./laid-out-texts.ts";
import { checkRoom, planIndexes } from "./plan-indexes.ts";
import { layoutPaths, prepareCorpus } from "./prepare-corpus.ts";
import { type PreparedVectors, prepareVectors } from "./prepare-vectors.ts";
import { createPhaseLog, type Log, watchMemory } from "./progress.ts";
import { publishWritten } from "./publish-written.ts";
import { type Pictures, readPictures } from "./read-pictures.ts";
import { openForeignWorkFolder, openWorkFolder } from "./work-folder.ts";

/** A corpus up to this size is coded sooner than threads have started. */
const SMALL_CORPUS = 10_000;

/**
 * Builds an edition, or the part of it that `task` asks for: lays out the corpus, learns clusters and codes from a sample, codes all rows
 * in chunks, sorts them into the files of an edition, proves it with the page's own decoders, and publishes it by writing its manifest.
 * Whatever was done by an earlier run with the same input is taken from the work folder.
 *
 * @returns the manifest, or null where only a part was done
 * @throws BuildError for input that does not fit; AppError for a pack or an edition that does not read back
 */
export async function buildEdition(
  options: BuildOptions,
  task: BuildTask,
  log: Log,
  signal: AbortSignal,
): Promise<EditionManifest | null> {
  const pack = options.model === null ? null : await readPackTexts(options.model);
  const fingerprint = pack?.fingerprint ?? options.fingerprint;
  if (fingerprint === null) throw new BuildError("give --model or --fingerprint");
  const identity = await identifyInput(options, signal);
  // Beside the edition, also where its folder was written with a slash at the end.
  const workDir = options.workDir ?? `${resolve(options.out)}.work`;
  const folder = await openWorkFolder(workDir, identity);
  const folders = [folder];
  for (const path of task.kind === "merge" ? task.folders : []) {
    folders.push(await openForeignWorkFolder(path, identity));
  }
  const memory = watchMemory();
  const report = createPhaseLog(log, () => performance.now(), memory);
  const corpus = await prepareCorpus(options, folder, log, report, signal);
  const isSmall = corpus.sentences <= SMALL_CORPUS && options.arithmetic === "auto";
  const threads = isSmall ? 0 : (options.threads ?? availableParallelism());
  const arithmetic = await chooseArithmetic(isSmall ? "cpu" : options.arithmetic, threads, log);
  try {
    const context = { arithmetic, folder, log, report };
    const begun = { options, task, pack, fingerprint, corpus, folders, signal };
    const manifest = await buildWith(context, begun);
    const { megabytes, phase } = memory.peak();
    log(`${megabytes} MB of memory at most, in or after: ${phase}`);
    if (manifest !== null && options.workDir === null) await rm(workDir, { recursive: true });
    return manifest;
  } finally {
    await arithmetic.close();
  }
}

async function buildWith(context: BuildContext, begun: Begun): Promise<EditionManifest | null> {
  const { options, corpus, signal } = begun;
  const { folder, report } = context;
  const texts = openLaidOutTexts(layoutPaths(folder).texts, corpus.sentences);
  const vectors = await prepareVectors(options, corpus, texts, folder, report, signal);
  try {
    const { dim } = vectors.base;
    if (begun.pack !== null && begun.pack.dim !== dim) {
      throw new BuildError(`vectors of ${dim} numbers, the model's have ${begun.pack.dim}`);
    }
    const adapter = await readAdapter(begun, dim);
    const pictures = await readPictures(context.arithmetic, options, dim, signal);
    const plan = await planAdapted(context, begun, vectors, adapter, pictures, texts);
    const tasks = planIndexes(begun, vectors, adapter, plan, pictures, texts);
    await checkRoom(begun, folder, tasks);
    const trainings = [];
    for (const task of tasks) trainings.push(await trainIndex(context, task, signal));
    const { task } = begun;
    if (task.kind === "train") return null;
    const written: WrittenIndex[] = [];
    for (const [i, index] of tasks.entries()) {
      const training = trainings[i];
      if (training === undefined) throw new RangeError("an index without training");
      if (task.kind === "part") {
        await codeIndex(context, index, training, task.part, signal);
        continue;
      }
      // The graph grows on a thread of its own while rows are coded.
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const graph = graphIndex(context, index, training, either);
      graph.catch(() => undefined);
      try {
        if (task.kind === "whole") await codeIndex(context, index, training, null, signal);
        const { out } = options;
        written.push(
          await layOutIndex(context, index, training, await graph, begun.folders, out, signal),
        );
      } catch (error) {
        // Else the thread of the graph would keep the process, and write to its folder, for minutes.
        failed.abort();
        await graph.catch(() => undefined);
        throw error;
      }
    }
    if (task.kind === "part") return null;
    return await publishWritten(context, begun, vectors, plan, tasks, written, pictures, texts);
  } finally {
    await vectors.close();
  }
}

/** What the adapter does to text vectors, from the pack or from its own files. */
async function readAdapter(
  { options, pack, signal }: Begun,
  dim: number,
): Promise<TextAdapter | null> {
  const { adapter, textProjection } = options;
  if (adapter === null) return pack?.adapter ?? null;
  const projection = textProjection ?? options.model;
  if (projection === null) {
    throw new BuildError("--adapter needs --text-projection: the text projection that it changes");
  }
  return readTextAdapter(adapter, projection, dim, signal);
}

const ADAPTED_PLAN = "adapted-plan";

async function planAdapted(
  { arithmetic, folder, log }: BuildContext,
  { options, signal }: Begun,
  { base, adapted }: PreparedVectors,
  adapter: TextAdapter | null,
  pictures: Pictures,
  texts: LaidOutTexts,
): Promise<AdaptedPlan> {
  if (adapter === null && adapted !== null) {
    throw new BuildError(
      "--painting-embeddings need --model, or --adapter and --text-projection: what made them must be known",
    );
  }
  const kept = await folder.read(ADAPTED_PLAN);
  // The folder checked the hash of what was written below.
  if (kept !== null) return kept as AdaptedPlan;
  const { seed } = options;
  const asked = { arithmetic, base, adapted, adapter, seed, idOf: texts.idOf };
  const plan = await decideAdapted(asked, pictures, signal);
  if (plan.kind === "own") log(`the adapted model gets an index of its own: ${plan.why}`);
  if (plan.kind === "shared") {
    const { rank, identityError, identityRows, conditionNumber, queryGrowth } = plan.facts;
    log(
      `one index for both models: rank ${rank}, largest error ${identityError.toExponential(1)} on ${identityRows} rows, condition number ${conditionNumber.toFixed(1)}, queries grow ${queryGrowth.mean.toFixed(3)}-fold on average and ${queryGrowth.largest.toFixed(3)}-fold at most`,
    );
    if (plan.doubt !== null) {
      log(
        `an index of its own would serve the adapted model better: ${plan.doubt}. Give its vectors by --painting-embeddings.`,
      );
    }
  }
  await folder.write(ADAPTED_PLAN, plan);
  return plan;
}

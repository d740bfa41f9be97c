import { stat } from "node:fs/promises";
import type { TextAdapter } from "./adapter-transform.ts";
import type { Begun } from "./begun.ts";
import { BuildError } from "./build-error.ts";
import { bytesLaidOut, type IndexTask } from "./build-one-index.ts";
import { type ChunkPlan, chunksOfPart, planChunks, rowsOfChunk } from "./coding/chunk-plan.ts";
import { findCoded } from "./coding/chunk-store.ts";
import type { AdaptedPlan } from "./decide-adapted.ts";
import type { LaidOutTexts } from "./laid-out-texts.ts";
import { layoutPaths } from "./prepare-corpus.ts";
import type { PreparedVectors } from "./prepare-vectors.ts";
import type { Pictures } from "./read-pictures.ts";
import { estimateRoom, requireRoom } from "./require-room.ts";
import type { WorkFolder } from "./work-folder.ts";

/** The indexes of an edition: one, or a second one for adapted vectors. */
export function planIndexes(
  { options, corpus }: Begun,
  { base, adapted }: PreparedVectors,
  adapter: TextAdapter | null,
  plan: AdaptedPlan,
  { training }: Pictures,
  texts: LaidOutTexts,
): readonly IndexTask[] {
  const { exact, seed, chunkRows } = options;
  if (exact === "external" && base.external?.url.startsWith("https://") !== true) {
    throw new BuildError(
      `--exact external: ${base.name} is not read from an https address, or its rows are not in the order of the sentences`,
    );
  }
  const common = {
    sentencesOfWorks: corpus.sentencesOfWorks,
    flags: corpus.flags,
    images: training,
    exact: exact === "f32" || exact === "f16" ? exact : null,
    plan: planChunks(corpus.sentences, base.dim, chunkRows),
    seed,
    idOf: texts.idOf,
  };
  const transform = plan.kind === "shared" ? (adapter?.transform ?? null) : null;
  const first: IndexTask = { ...common, name: "base", source: base, transform };
  if (plan.kind !== "own" || adapted === null) return [first];
  return [first, { ...common, name: "adapted", source: adapted, transform: null }];
}

/**
 * Makes sure that there is room for what the task has yet to write. Files of an earlier edition are no room: they stay until the new one
 * is published. Throws BuildError where there is too little.
 */
export async function checkRoom(
  { options, task, corpus }: Begun,
  folder: WorkFolder,
  tasks: readonly IndexTask[],
): Promise<void> {
  const [first] = tasks;
  if (first === undefined) return;
  const chunksToCode = (plan: ChunkPlan): readonly number[] => {
    if (task.kind === "part") return chunksOfPart(plan, task.part);
    return task.kind === "whole" ? chunksOfPart(plan, null) : [];
  };
  let [rowsToCode, laidOut] = [0, 0];
  for (const { name, plan } of tasks) {
    const { missing } = await findCoded(folder, name, plan, chunksToCode(plan));
    for (const chunk of missing) rowsToCode += rowsOfChunk(plan, chunk).length;
    laidOut += await bytesLaidOut(folder, name, options.out);
  }
  const layout = await Promise.all(Object.values(layoutPaths(folder)).map((path) => stat(path)));
  const { work, out } = estimateRoom({
    sentences: corpus.sentences,
    dim: first.source.dim,
    exact: first.exact,
    indexes: tasks.length,
    share: rowsToCode / (corpus.sentences * tasks.length),
    layoutBytes: layout.reduce((sum, { size }) => sum + size, 0),
  });
  const hasEdition = task.kind === "whole" || task.kind === "merge";
  await requireRoom([
    { folder: folder.path, bytes: work },
    ...(hasEdition ? [{ folder: options.out, bytes: Math.max(0, out - laidOut) }] : []),
  ]);
}

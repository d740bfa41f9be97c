import { AppError, isAbort } from "../../src/core/errors.ts";
import { knownAnswerError, knownAnswerPatches } from "../../src/core/model/known-answer.ts";
import { PACK_FILES, type PackManifest } from "../../src/core/model/pack-manifest.ts";
import type { ExternalData } from "../../src/core/model/pack-output.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import type { VisionTensors } from "../../src/core/model/vision-tensors.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { Provider } from "../../src/core/protocol.ts";
import type { Engine, OpenedSession } from "./sessions.ts";

/** The vision tower on a provider that passed the self-test. */
export interface OpenedVision {
  readonly provider: Provider;
  readonly trunk: OpenedSession;
  readonly head: OpenedSession;
}

/** A graph and its weights. */
export interface GraphFiles {
  readonly graph: Uint8Array<ArrayBuffer>;
  readonly weights: ExternalData;
}

/** The graphs of the vision tower. */
export interface VisionGraphs {
  readonly trunk: GraphFiles;
  readonly head: GraphFiles;
}

/**
 * Opens the vision tower on the first provider that gives the pack's known answer. A provider can fail without an error:
 * WebGPU drivers have returned wrong numbers, so none is trusted before it has been tried.
 *
 * @param providers which to try, best first; "webgpu" is passed over where the engine has no GPU
 * @throws AppError what the last provider failed with: `session-failed`, `self-test-failed` or `device-lost`; an
 *   AbortError after `signal`
 */
export async function openVision(
  engine: Engine,
  providers: readonly Provider[],
  graphs: VisionGraphs,
  tensors: VisionTensors,
  manifest: PackManifest,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OpenedVision> {
  let failure: unknown = new AppError({
    code: "session-failed",
    stage: "provider",
    why: `none of ${providers.join(", ")} is there`,
  });
  for (const provider of providers) {
    if (provider === "webgpu" && !engine.hasGpu) continue;
    try {
      return await tryProvider(engine, provider, graphs, tensors, manifest, report, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function tryProvider(
  engine: Engine,
  provider: Provider,
  graphs: VisionGraphs,
  tensors: VisionTensors,
  manifest: PackManifest,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OpenedVision> {
  report({ phase: "step", step: "prepare-model" });
  const opened: OpenedSession[] = [];
  const open = async (files: GraphFiles, stage: string): Promise<OpenedSession> => {
    const { graph, weights } = files;
    const session = await engine.openSession(graph, stage, provider, signal, weights);
    opened.push(session);
    return session;
  };
  try {
    const trunk = await open(graphs.trunk, PACK_FILES.trunk);
    const head = await open(graphs.head, PACK_FILES.head);
    report({ phase: "step", step: "self-test" });
    const patches = knownAnswerPatches(manifest);
    const result = await runVision({ trunk, head }, tensors, manifest, patches, signal);
    const error = knownAnswerError(manifest.knownAnswer, result);
    // Written so that NaN fails too.
    if (!(error <= manifest.knownAnswer.tolerance)) {
      throw new AppError({ code: "self-test-failed", provider, error });
    }
    return { provider, trunk, head };
  } catch (error) {
    // A session of a lost device cannot be released; that must not hide why it failed.
    await Promise.allSettled(opened.map((session) => session.release()));
    throw error;
  }
}

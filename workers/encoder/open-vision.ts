import { AppError, isAbort } from "../../src/core/errors.ts";
import { knownAnswerError, knownAnswerPatches } from "../../src/core/model/known-answer.ts";
import { PACK_FILES, type PackManifest } from "../../src/core/model/pack-manifest.ts";
import type { ExternalData } from "../../src/core/model/pack-output.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import type { VisionTensors } from "../../src/core/model/vision-tensors.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { Provider } from "../../src/core/protocol.ts";
import { openKernelVision, suitsKernel } from "./kernel/open-kernel-towers.ts";
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

/** Opens trunk and head, not tested yet. */
type OpenSessions = () => Promise<Pick<OpenedVision, "trunk" | "head">>;

/**
 * Opens the vision tower on the first provider that gives the pack's known answer. A provider can fail without an error:
 * WebGPU drivers have returned wrong numbers, so none is trusted before it has been tried. On the processor our own kernel
 * comes first and the runtime second.
 *
 * @param providers which to try, best first; "webgpu" is passed over where the engine has no GPU
 * @param threads for the kernel
 * @throws AppError what the last provider failed with: `session-failed`, `self-test-failed` or `device-lost`; an
 *   AbortError after `signal`
 */
export async function openVision(
  engine: Engine,
  providers: readonly Provider[],
  graphs: VisionGraphs,
  tensors: VisionTensors,
  manifest: PackManifest,
  threads: number,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OpenedVision> {
  const ways = providers
    .filter((provider) => provider !== "webgpu" || engine.hasGpu)
    .flatMap((provider): [Provider, OpenSessions][] => {
      const inRuntime: OpenSessions = () => openInRuntime(engine, provider, graphs, signal);
      const inKernel: OpenSessions = () => openKernelVision(graphs, manifest, threads, signal);
      const both = provider === "wasm" && suitsKernel(manifest);
      return (both ? [inKernel, inRuntime] : [inRuntime]).map((open) => [provider, open]);
    });
  let failure: unknown = new AppError({
    code: "session-failed",
    stage: "provider",
    why: `none of ${providers.join(", ")} is there`,
  });
  for (const [provider, open] of ways) {
    try {
      return await openAndTest(provider, open, tensors, manifest, report, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function openInRuntime(
  engine: Engine,
  provider: Provider,
  graphs: VisionGraphs,
  signal: AbortSignal,
): Promise<Pick<OpenedVision, "trunk" | "head">> {
  const open = ({ graph, weights }: GraphFiles, stage: string): Promise<OpenedSession> =>
    engine.openSession(graph, stage, provider, signal, weights);
  const trunk = await open(graphs.trunk, PACK_FILES.trunk);
  try {
    return { trunk, head: await open(graphs.head, PACK_FILES.head) };
  } catch (error) {
    await Promise.allSettled([trunk.release()]);
    throw error;
  }
}

async function openAndTest(
  provider: Provider,
  open: OpenSessions,
  tensors: VisionTensors,
  manifest: PackManifest,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OpenedVision> {
  report({ phase: "step", step: "prepare-model" });
  const { trunk, head } = await open();
  try {
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
    await Promise.allSettled([trunk.release(), head.release()]);
    throw error;
  }
}

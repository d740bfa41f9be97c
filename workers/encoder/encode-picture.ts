import type { ExplanationState } from "../../src/core/explain/explanation-state.ts";
import type { PackManifest } from "../../src/core/model/pack-manifest.ts";
import type { PackTensors } from "../../src/core/model/pack-tensors.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import { runVision, type VisionSessions } from "../../src/core/model/run-vision.ts";
import type { ProgressStep, ReportProgress } from "../../src/core/progress.ts";
import type { EncodedPicture } from "../../src/core/protocol.ts";
import { centreView } from "../../src/core/view/centre-view.ts";
import { decodePicture } from "./decode-picture.ts";

/** An embedded picture for the page, and what stays in the worker to explain it. */
export interface EncodedAndExplained {
  readonly picture: EncodedPicture;
  readonly explanation: ExplanationState;
}

/**
 * Decodes a picture, runs the vision tower once and projects under both variants.
 *
 * @throws as `decodePicture` and `runVision`
 */
export async function encodePicture(
  pictureId: string,
  blob: Blob,
  sessions: VisionSessions,
  tensors: PackTensors,
  manifest: PackManifest,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<EncodedAndExplained> {
  const timings: Partial<Record<ProgressStep, number>> = {};
  const timed = async <T>(step: ProgressStep, work: () => Promise<T>): Promise<T> => {
    report({ phase: "step", step });
    const start = performance.now();
    const result = await work();
    timings[step] = performance.now() - start;
    return result;
  };
  const { width, height, crop } = await timed("decode-picture", () =>
    decodePicture(blob, manifest.imageSize, signal),
  );
  const vision = await timed("embed-picture", () =>
    runVision(sessions, tensors, manifest, toPatches(crop, manifest), signal),
  );
  return {
    picture: {
      pictureId,
      width,
      height,
      view: centreView(width, height, manifest.imageSize, manifest.grid),
      whole: vision.whole,
      patches: vision.patches,
      timings,
    },
    explanation: vision.explanation,
  };
}

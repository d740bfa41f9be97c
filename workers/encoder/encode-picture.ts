import { borderColour } from "../../src/core/image/preprocess.ts";
import { type EmbeddedView, embedView } from "../../src/core/model/embed-view.ts";
import type { PackManifest } from "../../src/core/model/pack-manifest.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import {
  runVision,
  type VisionResult,
  type VisionSessions,
} from "../../src/core/model/run-vision.ts";
import type { VisionTensors } from "../../src/core/model/vision-tensors.ts";
import type { ProgressStep, ReportProgress } from "../../src/core/progress.ts";
import type { ViewPlan } from "../../src/core/view/plan-view.ts";
import { nextTask } from "../next-task.ts";
import type { DecodedPicture, PictureReader } from "./decode-picture.ts";

/** What embeds pictures: the vision tower, its tables and its shape. */
export interface VisionModel {
  readonly vision: VisionSessions;
  readonly tensors: VisionTensors;
  readonly manifest: PackManifest;
}

/** A picture, or a part of one, after its passes of the tower. */
export interface EncodedView extends EmbeddedView {
  readonly plan: ViewPlan;
  /** How long each step took, in milliseconds. */
  readonly timings: Partial<Record<ProgressStep, number>>;
}

/**
 * Reads what a plan shows of a picture, and runs the vision tower once for each of its frames.
 *
 * @param planFor says what to show, once the picture's size is known
 * @throws as `PictureReader.read` and `runVision`
 */
export async function encodeView(
  reader: PictureReader,
  planFor: (width: number, height: number) => ViewPlan,
  { vision, tensors, manifest }: VisionModel,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<EncodedView> {
  const timings: Partial<Record<ProgressStep, number>> = {};
  const timed = async <T>(step: ProgressStep, work: () => Promise<T>): Promise<T> => {
    report({ phase: "step", step });
    const start = performance.now();
    const result = await work();
    timings[step] = performance.now() - start;
    return result;
  };
  const border = borderColour(manifest.imageMean);
  const look = (picture: DecodedPicture) => {
    const plan = planFor(picture.width, picture.height);
    return {
      plan,
      squares: plan.frames.map((frame) => picture.readFrame(frame, border, signal)),
    };
  };
  const { plan, squares } = await timed("decode-picture", () => reader.read(look, signal));
  const results = await timed("embed-picture", async () => {
    const ofFrames: VisionResult[] = [];
    // One after another: a batch would need the memory of all of them at once.
    for (const square of squares) {
      if (ofFrames.length > 0) await nextTask();
      const patches = toPatches(square, manifest);
      ofFrames.push(await runVision(vision, tensors, manifest, patches, signal));
    }
    return ofFrames;
  });
  return { plan, timings, ...embedView(plan, results, manifest.dim) };
}

import { AppError } from "../../../src/core/errors.ts";
import {
  PACK_FILES,
  type PackManifest,
  type TextShape,
} from "../../../src/core/model/pack-manifest.ts";
import type { Session } from "../../../src/core/model/session.ts";
import type { TowerKernel } from "../../../src/core/tower/kernel.ts";
import { createKernelText } from "../../../src/core/tower/kernel-text.ts";
import { createKernelVision } from "../../../src/core/tower/kernel-vision.ts";
import type { GraphFiles, VisionGraphs } from "../open-vision.ts";
import type { OpenedSession } from "../sessions.ts";
import { openKernel } from "./open-kernel.ts";

/** True for packs whose weights the kernel keeps as they are: in 8-bit blocks, and in halves for the head. */
export function suitsKernel({ storage }: Pick<PackManifest, "storage">): boolean {
  return storage === "q8";
}

/**
 * Opens the vision tower of a pack on the kernel instead of ONNX Runtime, which on the processor would expand 8-bit weights
 * at every run: several times faster, at the size of the pack in memory, and with the same numbers.
 *
 * @throws AppError `pack-corrupt` for a shape that the kernel cannot compute with, `session-failed` where it does not
 *   start or its memory does not suffice, `network`, `http-status`; an AbortError after `signal`
 */
export function openKernelVision(
  graphs: VisionGraphs,
  manifest: PackManifest,
  threads: number,
  signal: AbortSignal,
): Promise<{ readonly trunk: OpenedSession; readonly head: OpenedSession }> {
  return withKernel(threads, PACK_FILES.trunk, signal, (kernel) => {
    const { trunk, head } = createKernelVision(kernel, graphs, manifest);
    return {
      trunk: opened(trunk, PACK_FILES.trunk, () => {}),
      head: opened(head, PACK_FILES.head, () => kernel.release()),
    };
  });
}

/**
 * Opens the text tower of a pack on a kernel of its own: when that is released, its memory goes back to the system, which
 * the memory of ONNX Runtime never does.
 *
 * @throws as {@link openKernelVision}
 */
export function openKernelText(
  files: GraphFiles,
  shape: TextShape,
  threads: number,
  signal: AbortSignal,
): Promise<OpenedSession> {
  return withKernel(threads, PACK_FILES.text, signal, (kernel) =>
    opened(createKernelText(kernel, files, shape), PACK_FILES.text, () => kernel.release()),
  );
}

async function withKernel<T>(
  threads: number,
  stage: string,
  signal: AbortSignal,
  use: (kernel: TowerKernel) => T,
): Promise<T> {
  const kernel = await openKernel(threads, signal);
  try {
    return use(kernel);
  } catch (error) {
    kernel.release();
    throw asAppError(error, stage);
  }
}

function opened(session: Session, stage: string, release: () => void): OpenedSession {
  return {
    async run(feeds) {
      try {
        return await session.run(feeds);
      } catch (error) {
        throw asAppError(error, stage);
      }
    },
    release: () => Promise.resolve(release()),
  };
}

function asAppError(error: unknown, stage: string): AppError {
  if (error instanceof AppError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new AppError({ code: "session-failed", stage, why }, { cause: error });
}

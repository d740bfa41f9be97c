import type { RuntimeBuild } from "../../src/core/protocol.ts";

/**
 * Size of each build's .wasm file in bytes, for the progress bar: a compressed transfer does not tell. They belong to the
 * pinned version of onnxruntime-web; a test compares them with the installed files.
 */
export const RUNTIME_BYTES: Readonly<Record<RuntimeBuild, number>> = {
  plain: 14_264_838,
  asyncify: 26_861_777,
  jspi: 16_811_691,
};

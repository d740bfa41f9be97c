import type * as Ort from "onnxruntime-web";
import asyncifyGlue from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import asyncifyWasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import jspiGlue from "onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url";
import jspiWasm from "onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url";
import plainGlue from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import plainWasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { Provider, RuntimeBuild } from "../../src/core/protocol.ts";
import { createByteProgress } from "../byte-progress.ts";
import { chooseThreads } from "../choose-threads.ts";
import { downloadBytes } from "./download.ts";
import { RUNTIME_BYTES } from "./runtime-builds.ts";

/** One loaded build of onnxruntime-web. A worker loads one and keeps it: its state is global to the module. */
export type OnnxRuntime = typeof Ort;

const SOURCES: Readonly<
  Record<
    RuntimeBuild,
    { readonly glue: string; readonly wasm: string; readonly load: () => Promise<OnnxRuntime> }
  >
> = {
  plain: { glue: plainGlue, wasm: plainWasm, load: () => import("onnxruntime-web/wasm") },
  asyncify: {
    glue: asyncifyGlue,
    wasm: asyncifyWasm,
    load: () => import("onnxruntime-web/webgpu"),
  },
  jspi: { glue: jspiGlue, wasm: jspiWasm, load: () => import("onnxruntime-web/jspi") },
};

/**
 * The smallest build that has the provider: plain WASM without a GPU (14 MB); with one, the build that suspends through
 * the browser where it can (17 MB), else the one that was instrumented to suspend by itself (27 MB).
 */
export function chooseBuild(provider: Provider): RuntimeBuild {
  if (provider === "wasm") return "plain";
  return "Suspending" in WebAssembly ? "jspi" : "asyncify";
}

/**
 * Loads a build of the runtime from this site's own files, with progress as download item "runtime".
 *
 * @param adapter the GPU adapter to compute on, or null for the processor only
 * @throws AppError `network`, `http-status` or `session-failed`; an AbortError after `signal`
 */
export async function loadRuntime(
  build: RuntimeBuild,
  adapter: GPUAdapter | null,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OnnxRuntime> {
  const source = SOURCES[build];
  const progress = createByteProgress([RUNTIME_BYTES[build]], "runtime", report);
  const glueUrl = new URL(source.glue, self.location.href).href;
  const wasmUrl = new URL(source.wasm, self.location.href).href;
  const [ort, bytes] = await Promise.all([
    source.load(),
    downloadBytes(wasmUrl, { signal }, (loaded) => progress.set(0, loaded)),
  ]);
  progress.set(0, bytes.length);
  progress.finish();
  signal.throwIfAborted();
  ort.env.logLevel = "error";
  ort.env.wasm.wasmBinary = bytes.buffer;
  ort.env.wasm.wasmPaths = { mjs: glueUrl, wasm: wasmUrl };
  ort.env.wasm.numThreads = chooseThreads();
  if (adapter !== null) ort.env.webgpu.adapter = adapter;
  return ort;
}

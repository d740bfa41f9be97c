import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { RUNTIME_BYTES } from "../../../workers/encoder/runtime-builds.ts";

const FILES = {
  plain: "ort-wasm-simd-threaded.wasm",
  asyncify: "ort-wasm-simd-threaded.asyncify.wasm",
  jspi: "ort-wasm-simd-threaded.jspi.wasm",
} as const;

it.each(["plain", "asyncify", "jspi"] as const)(
  "knows the size of the %s build of the installed onnxruntime-web",
  (build) => {
    const require = createRequire(import.meta.url);
    const path = require.resolve(`onnxruntime-web/${FILES[build]}`);
    expect(RUNTIME_BYTES[build]).toBe(statSync(path).size);
  },
);

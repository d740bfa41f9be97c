import type { Codebook, CodedRows, Partition, Rows } from "../arithmetic.ts";
import type { BuildKernel } from "../kernel/open-build-kernel.ts";
import { assignRows } from "./assign.ts";
import { encodeRows } from "./encode.ts";
import { multiplyRows } from "./multiply.ts";
import { halveRows, normalizeRows } from "./prepare-rows.ts";

/** What a thread is asked for: a method of `Arithmetic` and its arguments. */
export type Task =
  | { readonly kind: "normalize"; readonly rows: Rows }
  | { readonly kind: "toHalves"; readonly rows: Rows }
  | {
      readonly kind: "multiply";
      readonly rows: Rows;
      readonly matrix: Float32Array<ArrayBufferLike>;
    }
  | { readonly kind: "assign"; readonly rows: Rows; readonly partition: Partition }
  | {
      readonly kind: "encode";
      readonly rows: Rows;
      readonly clusters: Uint32Array<ArrayBufferLike>;
      readonly codebook: Codebook;
    };

/** What each kind of task gives. */
export interface TaskResults {
  readonly normalize: Float64Array<ArrayBuffer>;
  readonly toHalves: Uint16Array<ArrayBuffer>;
  readonly multiply: Float32Array<ArrayBuffer>;
  readonly assign: Uint32Array<ArrayBuffer>;
  readonly encode: CodedRows;
}

/** Runs a task on this thread. */
export function runTask(kernel: BuildKernel, task: Task): TaskResults[Task["kind"]] {
  switch (task.kind) {
    case "normalize":
      return normalizeRows(kernel, task.rows);
    case "toHalves":
      return halveRows(kernel, task.rows);
    case "multiply":
      return multiplyRows(kernel, task.rows, task.matrix);
    case "assign":
      return assignRows(kernel, task.rows, task.partition);
    case "encode":
      return encodeRows(kernel, task.rows, task.clusters, task.codebook);
  }
}

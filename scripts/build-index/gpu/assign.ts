import { readBuffer } from "../../../workers/search/gpu-buffers.ts";
import { countRows, type Partition, type Rows } from "../arithmetic.ts";
import { checked, createBufferScope } from "./buffer-scope.ts";
import type { GpuContext } from "./gpu-context.ts";
import { sendClasses } from "./rows-by-matrix.ts";
import { overSlices, planSlices } from "./slices.ts";

/** Words of a row's best class: its score, and itself. */
const BEST_WORDS = 2;

/**
 * The class of each row. Every class is looked at, whatever cells the partition has: a GPU is through with all of them sooner than it
 * could sort rows by cell.
 */
export async function assignRows(
  context: GpuContext,
  rows: Rows,
  partition: Partition,
  signal: AbortSignal,
): Promise<Uint32Array<ArrayBuffer>> {
  const { live, bindingBytes, partitions } = context;
  const { dim, values } = rows;
  const count = countRows(rows);
  const result = new Uint32Array(count);
  const pipeline = await context.assign();
  await partitions.use(partition, (onDevice) =>
    overSlices(
      planSlices(count, 4 * dim, bindingBytes),
      async (slice) => {
        const scope = createBufferScope(live);
        try {
          const best = await checked(live, () => {
            const part = values.subarray(slice.first * dim, (slice.first + slice.count) * dim);
            const uploaded = { buffer: scope.input(part), count: slice.count, dim };
            return sendClasses(pipeline, scope, uploaded, onDevice);
          });
          const bytes = 4 * BEST_WORDS * slice.count;
          const read = new Uint32Array(await readBuffer(live, best, 0, bytes));
          for (let row = 0; row < slice.count; row++) {
            result[slice.first + row] = read[BEST_WORDS * row + 1] ?? 0;
          }
        } finally {
          scope.close();
        }
      },
      signal,
    ),
  );
  return result;
}

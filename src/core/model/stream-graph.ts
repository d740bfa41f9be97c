import { AppError } from "../errors.ts";
import type { GraphPlan } from "./layers.ts";
import type { PackFile, PackPart } from "./pack-manifest.ts";
import { openPackFile, type PackSink, type PackTools, writePackFile } from "./pack-output.ts";
import type { Session } from "./session.ts";
import type { TowerReader } from "./tower-reader.ts";
import { alignData } from "./weight-layout.ts";

/** A graph that is to be written, and its pieces: what can be run while the rest of the weights is not there yet. */
export interface StreamedGraph {
  readonly name: string;
  readonly part: PackPart;
  readonly whole: GraphPlan;
  readonly pieces: readonly GraphPlan[];
}

/** The weights of one piece, converted. */
async function convertPiece(
  { runs, dataBytes }: GraphPlan,
  tower: TowerReader,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(dataBytes);
  for (const run of runs) data.set(run.encode(await tower.read(run.tensors, signal)), run.offset);
  return data;
}

/**
 * Writes a graph and its data file, and runs it on the way, piece by piece, so that no more weights than those of one
 * layer are in memory at once.
 *
 * @param run called with the session of every piece, in order; the session is released afterwards
 * @returns the two files for the manifest
 * @throws AppError `weights-invalid`, `session-failed`; an AbortError after `signal`
 */
export async function streamGraph(
  { name, part, whole, pieces }: StreamedGraph,
  tower: TowerReader,
  tools: PackTools,
  sink: PackSink,
  run: (session: Session) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly PackFile[]> {
  const graph = await writePackFile(sink, name, part, whole.graph, tools.createDigest);
  const file = await openPackFile(sink, whole.dataFile, part, tools.createDigest);
  let written = 0;
  for (const piece of pieces) {
    const data = await convertPiece(piece, tower, signal);
    const start = alignData(written);
    if (start > written) await file.write(new Uint8Array(start - written));
    await file.write(data);
    written = start + data.length;
    const external = { name: piece.dataFile, bytes: data };
    const session = await tools.openSession(piece.graph, external, name);
    try {
      signal.throwIfAborted();
      await run(session);
    } finally {
      await session.release();
    }
  }
  const data = await file.finish();
  if (written !== whole.dataBytes) {
    throw new AppError({ code: "invalid-argument", what: `pieces of ${name} that do not add up` });
  }
  return [graph, data];
}

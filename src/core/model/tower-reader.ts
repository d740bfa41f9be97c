import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import { type CanonicalModel, type Tower, towerOf } from "./canonical.ts";
import { type CreateDigest, takeFingerprint } from "./fingerprint.ts";

const BYTES_PER_VALUE = 4;

/** Reads the tensors of one tower, each one once, and takes the tower's fingerprint and the progress on the way. */
export interface TowerReader {
  /** Reads tensors and joins them in the order given. */
  read(names: readonly string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /**
   * The tower's fingerprint, after its last tensor.
   *
   * @throws AppError `invalid-argument` where a tensor was never read: it would be missing in the pack
   */
  fingerprint(): string;
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Creates a reader of one tower.
 *
 * @throws AppError `weights-invalid` where the model lacks that tower
 */
export function readTower(
  model: CanonicalModel,
  tower: Tower,
  createDigest: CreateDigest,
  report: ReportProgress,
): TowerReader {
  if (!model.towers.includes(tower)) {
    throw new AppError({ code: "weights-invalid", file: tower, why: `there is no ${tower} tower` });
  }
  const names = [...model.shapes.keys()].filter((name) => towerOf(name) === tower);
  const values = names.reduce((sum, name) => sum + countValues(model.shapes.get(name) ?? []), 0);
  const total = BYTES_PER_VALUE * values;
  const prints = takeFingerprint(createDigest);
  let loaded = 0;
  report({ phase: "convert", item: tower, loaded, total });
  const readOne = async (name: string, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> => {
    signal.throwIfAborted();
    const tensor = await model.read(name, signal);
    if (!prints.has(name)) {
      prints.add(name, model.shapes.get(name) ?? [], tensor);
      loaded += tensor.byteLength;
      report({ phase: "convert", item: tower, loaded, total });
    }
    return tensor;
  };
  return {
    async read(wanted, signal) {
      const [only] = wanted;
      if (only !== undefined && wanted.length === 1) return readOne(only, signal);
      const lengths = wanted.map((name) => countValues(model.shapes.get(name) ?? []));
      const joined = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
      let position = 0;
      for (const [index, name] of wanted.entries()) {
        joined.set(await readOne(name, signal), position);
        position += lengths[index] ?? 0;
      }
      return joined;
    },
    fingerprint() {
      const missed = names.find((name) => !prints.has(name));
      if (missed !== undefined) {
        throw new AppError({ code: "invalid-argument", what: `${missed} was not converted` });
      }
      return prints.hex();
    },
  };
}

import { AppError } from "../errors.ts";
import type { AdoptRequest, ModelVariant } from "../protocol.ts";
import { lengthUnlessUnit } from "./unit-length.ts";

/**
 * Sentences of the largest edition that a device embeds by itself: some minutes of work for CLIP's text tower on one core,
 * and 20 MB of vectors.
 */
export const MOST_ADOPTED_SENTENCES = 5000;

/** The vectors of an edition's sentences under another model than the one that it was made with, as far as they are there. */
export interface AdoptedVectors {
  readonly dim: number;
  /** Rows that are there, from the first. */
  rows(): number;
  isComplete(): boolean;
  /** Takes the next batch. Throws AppError `invalid-argument` for one that does not follow, does not fit, or has no unit vectors. */
  add(batch: Pick<AdoptRequest, "firstRow" | "base" | "adapted">): void;
  /** The unit vectors [sentences × dim] in row order; zeros from `rows()` on. */
  of(variant: ModelVariant): Float32Array<ArrayBuffer>;
}

/**
 * Makes room for the vectors of `sentences` sentences.
 *
 * @param hasAdapter false where both variants are the same vectors, which are then kept once
 * @throws AppError `invalid-argument` for more than {@link MOST_ADOPTED_SENTENCES}, or a length that no model has
 */
export function createAdoptedVectors(
  sentences: number,
  dim: number,
  hasAdapter: boolean,
): AdoptedVectors {
  if (sentences > MOST_ADOPTED_SENTENCES || !Number.isInteger(dim) || dim < 1 || dim > MOST_DIM) {
    throw invalid(`${sentences} sentences of ${dim} numbers`);
  }
  const base = new Float32Array(sentences * dim);
  const adapted = hasAdapter ? new Float32Array(sentences * dim) : base;
  let rows = 0;
  return {
    dim,
    rows: () => rows,
    isComplete: () => rows === sentences,
    add(batch) {
      const count = batch.base.length / dim;
      const fits =
        batch.firstRow === rows &&
        Number.isInteger(count) &&
        batch.adapted.length === batch.base.length &&
        rows + count <= sentences;
      if (!fits) throw invalid(`${count} vectors from row ${batch.firstRow} after ${rows}`);
      requireUnitRows(batch.base, dim);
      if (hasAdapter) requireUnitRows(batch.adapted, dim);
      base.set(batch.base, rows * dim);
      if (hasAdapter) adapted.set(batch.adapted, rows * dim);
      rows += count;
    },
    of: (variant) => (variant === "base" ? base : adapted),
  };
}

/** Longest embedding of any model; a larger number is a mistake or an attack on the memory. */
const MOST_DIM = 4096;

/** Throws AppError `invalid-argument` unless every row of `dim` numbers is a unit vector. */
export function requireUnitRows(vectors: Float32Array, dim: number): void {
  for (let start = 0; start < vectors.length; start += dim) {
    const length = lengthUnlessUnit(vectors, start, dim);
    if (length !== null) throw invalid(`a vector of length ${length}`);
  }
}

function invalid(what: string): AppError {
  return new AppError({ code: "invalid-argument", what });
}

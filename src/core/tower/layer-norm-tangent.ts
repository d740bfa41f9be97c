/** A LayerNorm's normalised input x̂ and 1/σ at one row: all that its derivative needs. */
export interface Linearized {
  readonly normalized: Float32Array;
  readonly inverseDeviation: number;
}

/** Linearises LayerNorm at `x`. */
export function linearizeLayerNorm(x: Float32Array, epsilon: number): Linearized {
  const width = x.length;
  const mean = x.reduce((sum, value) => sum + value, 0) / width;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
  const inverseDeviation = 1 / Math.sqrt(variance + epsilon);
  return { normalized: x.map((value) => (value - mean) * inverseDeviation), inverseDeviation };
}

/** Derivative of LayerNorm along each row d of `rows`, in place: γ · (d − mean(d) − x̂ · mean(d · x̂)) / σ. */
export function applyLayerNormTangent(
  rows: Float32Array,
  { normalized, inverseDeviation }: Linearized,
  gain: Float32Array,
): void {
  const width = normalized.length;
  for (let start = 0; start < rows.length; start += width) {
    let sum = 0;
    let along = 0;
    for (let i = 0; i < width; i++) {
      const value = rows[start + i] ?? 0;
      sum += value;
      along += value * (normalized[i] ?? 0);
    }
    const mean = sum / width;
    const slope = along / width;
    for (let i = 0; i < width; i++) {
      const across = (rows[start + i] ?? 0) - mean - (normalized[i] ?? 0) * slope;
      rows[start + i] = across * inverseDeviation * (gain[i] ?? 0);
    }
  }
}

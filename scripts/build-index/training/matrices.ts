import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** A symmetric matrix [dim × dim], row-major, in float64. */
export interface SymmetricMatrix {
  readonly dim: number;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Eigenvalues below this share of the greatest count as this share: what is left of them is rounding. */
const LEAST_SHARE = 1e-9;

/** Eigenvalues, ascending and at least a billionth of the greatest, and the eigenvectors as columns. */
interface Spectrum {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

function toMatrix({ dim, values }: SymmetricMatrix): Matrix {
  return Matrix.from1DArray(dim, dim, values);
}

function fromMatrix(matrix: Matrix): SymmetricMatrix {
  return { dim: matrix.rows, values: Float64Array.from(matrix.to1DArray()) };
}

function decompose(matrix: Matrix): Spectrum {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const greatest = realEigenvalues.reduce((most, value) => Math.max(most, value), 0);
  const values = realEigenvalues.map((value) => Math.max(value, LEAST_SHARE * greatest));
  return { values, vectors: eigenvectorMatrix };
}

/** V · diag(f(λ)) · Vᵀ. */
function mapSpectrum({ values, vectors }: Spectrum, map: (value: number) => number): Matrix {
  const scaled = vectors.clone();
  values.forEach((value, column) => {
    scaled.mulColumn(column, map(value));
  });
  return scaled.mmul(vectors.transpose());
}

/** The powers of a positive definite matrix, from one decomposition. */
export function powersOf(
  matrix: SymmetricMatrix,
  exponents: readonly number[],
): readonly SymmetricMatrix[] {
  const spectrum = decompose(toMatrix(matrix));
  return exponents.map((exponent) =>
    fromMatrix(mapSpectrum(spectrum, (value) => value ** exponent)),
  );
}

/**
 * The G of G·S·G = Q, the geometric mean of S⁻¹ and Q: S^-½ (S^½ Q S^½)^½ S^-½. It minimises tr(G·S) · tr(G⁻¹·Q).
 * (Ando, Li and Mathias, Geometric means, 2004, eq. 1.1.)
 */
export function solveGeometricMean(s: SymmetricMatrix, q: SymmetricMatrix): SymmetricMatrix {
  const spectrum = decompose(toMatrix(s));
  const root = mapSpectrum(spectrum, Math.sqrt);
  const inverseRoot = mapSpectrum(spectrum, (value) => 1 / Math.sqrt(value));
  const inner = decompose(symmetrize(root.mmul(toMatrix(q)).mmul(root)));
  const innerRoot = mapSpectrum(inner, Math.sqrt);
  return fromMatrix(symmetrize(inverseRoot.mmul(innerRoot).mmul(inverseRoot)));
}

/** Rounding makes a product of symmetric matrices slightly unsymmetric. */
function symmetrize(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}

/** The sum of the diagonal. */
export function trace({ dim, values }: SymmetricMatrix): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += values[i * dim + i] ?? 0;
  return sum;
}

/** tr(A · B). */
export function traceOfProduct(a: SymmetricMatrix, b: SymmetricMatrix): number {
  return a.values.reduce((sum, value, i) => sum + value * (b.values[i] ?? 0), 0);
}

/** Σ weight · matrix. */
export function addMatrices(
  parts: readonly { readonly weight: number; readonly matrix: SymmetricMatrix }[],
): SymmetricMatrix {
  const dim = parts[0]?.matrix.dim ?? 0;
  const values = new Float64Array(dim * dim);
  for (const { weight, matrix } of parts) {
    matrix.values.forEach((value, i) => {
      values[i] = (values[i] ?? 0) + weight * value;
    });
  }
  return { dim, values };
}

/** matrix + share · tr(matrix) / dim · I: keeps what was never seen from counting nothing. */
export function addRidge(matrix: SymmetricMatrix, share: number): SymmetricMatrix {
  const { dim } = matrix;
  const values = matrix.values.slice();
  const ridge = (share * trace(matrix)) / dim;
  for (let i = 0; i < dim; i++) values[i * dim + i] = (values[i * dim + i] ?? 0) + ridge;
  return { dim, values };
}

/** (I − mmᵀ) · matrix · (I − mmᵀ) for a unit vector m. */
export function projectOut(matrix: SymmetricMatrix, direction: Float32Array): SymmetricMatrix {
  const { dim, values } = matrix;
  const image = new Float64Array(dim);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j < dim; j++) {
      image[i] = (image[i] ?? 0) + (values[i * dim + j] ?? 0) * (direction[j] ?? 0);
    }
  }
  const along = image.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0);
  const projected = values.map((value, at) => {
    const [i, j] = [Math.floor(at / dim), at % dim];
    const [mi, mj] = [direction[i] ?? 0, direction[j] ?? 0];
    return value - mi * (image[j] ?? 0) - mj * (image[i] ?? 0) + along * mi * mj;
  });
  return { dim, values: projected };
}

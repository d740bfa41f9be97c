/**
 * Deletion and insertion curves of a map: how fast a picture stops speaking for a text when the cells that the map names
 * are painted over, best first, and how fast it begins to when they alone are shown (Petsiuk, Das and Saenko, "RISE",
 * BMVC 2018, section 4.1). Here the score is the cosine of picture and text, the unit of deletion is the patch, and what
 * is painted over takes the picture's mean colour.
 */

/** Areas under the two curves of one map on one picture: mean cosine over the shares of cells, by the trapezoid rule. */
export interface CurveAreas {
  /** Small where the map names what the score rests on. */
  readonly deletion: number;
  /** Large where the map names what suffices for the score. */
  readonly insertion: number;
}

/** One picture and one text, and how to embed a changed version of the picture. */
export interface Perturbed {
  /** Normalised patches [n × 3·p·p] of the picture, channel-major inside a patch. */
  readonly patches: Float32Array;
  /** Patches of the picture. */
  readonly count: number;
  /** Unit text vector [dim]. */
  readonly text: Float32Array;
  /** Unit vector [dim] of a picture given as normalised patches. */
  embed(patches: Float32Array): Promise<Float32Array>;
}

const CHANNELS = 3;

/**
 * The cells from the strongest to the weakest. Equal values, such as the zeros of a map, come in the order of `tieBreak`,
 * so that a map gains nothing by the place of the cells about which it says nothing.
 *
 * @param map values [n]
 * @param tieBreak a random order of the n cells
 */
export function orderOfCells(map: ArrayLike<number>, tieBreak: readonly number[]): number[] {
  return tieBreak.toSorted((left, right) => (map[right] ?? 0) - (map[left] ?? 0));
}

/** The mean colour of a picture as one patch [3·p·p]. */
function meanPatch({ patches, count }: Perturbed): Float32Array {
  const length = patches.length / count;
  const area = length / CHANNELS;
  const sums = new Float64Array(CHANNELS);
  for (let at = 0; at < patches.length; at++) {
    const channel = Math.floor((at % length) / area);
    sums[channel] = (sums[channel] ?? 0) + (patches[at] ?? 0);
  }
  return Float32Array.from(
    { length },
    (_, at) => (sums[Math.floor(at / area)] ?? 0) / (area * count),
  );
}

/** The picture with all patches but `kept` painted over. */
function keepOnly(picture: Perturbed, kept: readonly number[], blank: Float32Array): Float32Array {
  const { patches, count } = picture;
  const changed = new Float32Array(patches.length);
  for (let cell = 0; cell < count; cell++) changed.set(blank, cell * blank.length);
  for (const cell of kept) {
    const start = cell * blank.length;
    changed.set(patches.subarray(start, start + blank.length), start);
  }
  return changed;
}

function cosine(image: Float32Array, text: Float32Array): number {
  return text.reduce((sum, value, d) => sum + value * (image[d] ?? 0), 0);
}

/** Area under a curve over [0, 1] whose values are `points` at `shares`, by the trapezoid rule. */
export function areaUnder(shares: readonly number[], points: readonly number[]): number {
  let area = 0;
  for (let i = 1; i < shares.length; i++) {
    const width = (shares[i] ?? 0) - (shares[i - 1] ?? 0);
    area += (width * ((points[i] ?? 0) + (points[i - 1] ?? 0))) / 2;
  }
  return area;
}

/**
 * Measures both curves for several orders of cells over one picture; what all orders share, the whole picture and the
 * blank one, is embedded once.
 *
 * @param orders by name, cells from the strongest to the weakest
 * @param steps how many equal steps the curves have between the whole picture and the blank one
 */
export async function measureCurves(
  picture: Perturbed,
  orders: Readonly<Record<string, readonly number[]>>,
  steps: number,
): Promise<ReadonlyMap<string, CurveAreas>> {
  const { count, patches, text } = picture;
  const blank = meanPatch(picture);
  const score = async (kept: readonly number[]): Promise<number> =>
    cosine(await picture.embed(keepOnly(picture, kept, blank)), text);
  const whole = cosine(await picture.embed(patches), text);
  const nothing = await score([]);
  const cuts = Array.from({ length: steps - 1 }, (_, step) =>
    Math.round(((step + 1) * count) / steps),
  );
  const shares = [0, ...cuts.map((cut) => cut / count), 1];
  const areas = new Map<string, CurveAreas>();
  for (const [name, order] of Object.entries(orders)) {
    const deletion = [whole];
    const insertion = [nothing];
    for (const cut of cuts) {
      deletion.push(await score(order.slice(cut)));
      insertion.push(await score(order.slice(0, cut)));
    }
    deletion.push(nothing);
    insertion.push(whole);
    areas.set(name, {
      deletion: areaUnder(shares, deletion),
      insertion: areaUnder(shares, insertion),
    });
  }
  return areas;
}

/** Mean of paired differences, and the lower end of its 95 % confidence interval (normal approximation). */
export function pairedGain(
  better: readonly number[],
  worse: readonly number[],
): { readonly mean: number; readonly lower: number } {
  const differences = better.map((value, i) => value - (worse[i] ?? Number.NaN));
  const n = differences.length;
  if (n < 2) throw new RangeError("two pairs at least are needed");
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, lower: mean - 1.96 * Math.sqrt(variance / n) };
}

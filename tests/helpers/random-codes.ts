import type { WorkCodeRow } from "../../src/core/edition/bywork-file.ts";
import type { RestRows } from "../../src/core/edition/rest-file.ts";
import type { SignRows } from "../../src/core/edition/sign-file.ts";
import { toHalf } from "../../src/core/model/half.ts";
import { createSeededRandom, type Random } from "../../src/core/search/seeded-random.ts";

/** Random codes of one cluster as `sign` and `rest` take them, from a seed. */
export function randomCluster(
  count: number,
  codeDim: number,
  seed: number,
): { readonly sign: SignRows; readonly rest: RestRows } {
  const random = createSeededRandom(seed);
  const halves = () => Uint16Array.from({ length: count }, () => toHalf(random() - 0.5));
  return {
    sign: {
      count,
      signs: randomBytes((count * codeDim) / 8, random),
      f1: halves(),
      h: halves(),
    },
    rest: {
      count,
      planes: randomBytes((3 * count * codeDim) / 8, random),
      f4: halves(),
      adaptedFactors: halves(),
      flags: Uint16Array.from({ length: count }, () => Math.floor(random() * 64)),
      rows: Uint32Array.from({ length: count }, (_, i) => 3 * i + Math.floor(random() * 3)),
    },
  };
}

/** Random records of `bywork`, from a seed. */
export function randomWorkRows(
  count: number,
  codeDim: number,
  clusters: number,
  seed: number,
): WorkCodeRow[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => ({
    planes: randomBytes(codeDim / 2, random),
    cluster: Math.floor(random() * clusters),
    h: toHalf(random() - 0.5),
    f4: toHalf(random()),
    adaptedFactor: toHalf(1),
    flags: Math.floor(random() * 64),
  }));
}

function randomBytes(length: number, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

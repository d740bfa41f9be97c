import type { EncodedRow } from "../../../src/core/codes/encode-row.ts";
import { packMagnitudes, packSigns } from "../../../src/core/codes/planes.ts";
import { byworkBytesPerRow, encodeWorkCodeRow } from "../../../src/core/edition/bywork-file.ts";
import { encodeRestCluster, restBytesPerRow } from "../../../src/core/edition/rest-file.ts";
import { encodeSignCluster, signBytesPerRow } from "../../../src/core/edition/sign-file.ts";
import { toHalf } from "../../../src/core/model/half.ts";

/** A coded row with what is kept beside its code. */
interface CodedRow extends EncodedRow {
  readonly row: number;
  readonly adaptedFactor: number;
  readonly flags: number;
}

/** Takes the rows of one cluster, ascending. */
interface ClusterFiles {
  add(row: CodedRow): void;
  /** All rows of the cluster are there. */
  end(): void;
}

/** The three files of codes while they are filled, cluster after cluster. */
interface CodeFiles {
  cluster(cluster: number, count: number): ClusterFiles;
  finish(): Readonly<Record<"sign" | "rest" | "bywork", Uint8Array<ArrayBuffer>>>;
}

/** Lays codes out in memory. */
export function createCodeFiles(codeDim: number, sentences: number): CodeFiles {
  const sign = new Uint8Array(sentences * signBytesPerRow(codeDim));
  const rest = new Uint8Array(sentences * restBytesPerRow(codeDim));
  const bywork = new Uint8Array(sentences * byworkBytesPerRow(codeDim));
  const planeBytes = codeDim / 8;
  let place = 0;
  return {
    cluster(cluster, count) {
      const signs = new Uint8Array(count * planeBytes);
      const planes = new Uint8Array(3 * count * planeBytes);
      const halves = () => new Uint16Array(count);
      const [f1, f4, h, adaptedFactors] = [halves(), halves(), halves(), halves()];
      const [flags, rows] = [new Uint16Array(count), new Uint32Array(count)];
      let index = 0;
      return {
        add(coded) {
          const adaptedFactor = toHalf(coded.adaptedFactor);
          packSigns(coded.codes, signs, index * planeBytes);
          packMagnitudes(coded.codes, planes, 3 * index * planeBytes);
          f1[index] = coded.f1;
          f4[index] = coded.f4;
          h[index] = coded.h;
          adaptedFactors[index] = adaptedFactor;
          flags[index] = coded.flags;
          rows[index] = coded.row;
          const record = new Uint8Array(4 * planeBytes);
          packSigns(coded.codes, record, 0);
          packMagnitudes(coded.codes, record, planeBytes);
          const { h: along, f4: factor, flags: bits, row } = coded;
          const side = { cluster, h: along, f4: factor, adaptedFactor, flags: bits };
          encodeWorkCodeRow({ planes: record, ...side }, bywork, row * byworkBytesPerRow(codeDim));
          index++;
        },
        end() {
          const signBytes = encodeSignCluster({ count, signs, f1, h }, codeDim);
          sign.set(signBytes, place * signBytesPerRow(codeDim));
          const restBytes = encodeRestCluster({ count, planes, f4, adaptedFactors, flags, rows });
          rest.set(restBytes, place * restBytesPerRow(codeDim));
          place += count;
        },
      };
    },
    finish: () => ({ sign, rest, bywork }),
  };
}

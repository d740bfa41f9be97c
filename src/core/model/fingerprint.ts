import { toHalf } from "./half.ts";
import type { LoraAdapter } from "./lora.ts";

/** A streaming SHA-256. */
interface Digest {
  update(bytes: Uint8Array<ArrayBuffer>): void;
  /** The digest as 64 lower-case hexadecimal digits; the last call. */
  hex(): string;
}
export type CreateDigest = () => Digest;

/** Halves with a smaller exponent field than this are subnormal or zero. */
const SMALLEST_NORMAL_HALF = 0x0400;
const SIGN_BIT = 0x8000;
/** Values that are rounded at a time: 128 kB of halves. */
const CHUNK_VALUES = 1 << 16;

/**
 * SHA-256 of values as little-endian halves, subnormals flushed to zero. Published files of one model differ just there:
 * an export in half precision rounds every value, and exporters lift or drop what is too small for a half.
 */
function digestHalves(values: Float32Array, createDigest: CreateDigest): string {
  const digest = createDigest();
  const bytes = new Uint8Array(2 * Math.min(CHUNK_VALUES, values.length));
  const view = new DataView(bytes.buffer);
  for (let first = 0; first < values.length; first += CHUNK_VALUES) {
    const count = Math.min(CHUNK_VALUES, values.length - first);
    for (let i = 0; i < count; i++) {
      const half = toHalf(values[first + i] ?? 0);
      const isTiny = (half & ~SIGN_BIT) < SMALLEST_NORMAL_HALF;
      view.setUint16(2 * i, isTiny ? 0 : half, true);
    }
    digest.update(bytes.subarray(0, 2 * count));
  }
  return digest.hex();
}

function digestLines(lines: readonly string[], createDigest: CreateDigest): string {
  const digest = createDigest();
  digest.update(new TextEncoder().encode(lines.join("\n")));
  return digest.hex();
}

/** Takes the fingerprint of one tower while its tensors pass by, in any order. */
export interface FingerprintTaker {
  add(name: string, shape: readonly number[], values: Float32Array): void;
  /** Tells whether a tensor was added. */
  has(name: string): boolean;
  /**
   * The fingerprint: SHA-256 over lines `<name> <shape joined by x> <SHA-256 of the halves>`, in order of the names and
   * joined by line feeds. Storage, file layout and the precision of the source do not matter.
   */
  hex(): string;
}

/** Creates a taker that has seen nothing yet. */
export function takeFingerprint(createDigest: CreateDigest): FingerprintTaker {
  const lines = new Map<string, string>();
  return {
    add(name, shape, values) {
      lines.set(name, `${name} ${shape.join("x")} ${digestHalves(values, createDigest)}`);
    },
    has: (name) => lines.has(name),
    hex() {
      const names = [...lines.keys()].sort();
      return digestLines(
        names.map((name) => lines.get(name) ?? ""),
        createDigest,
      );
    },
  };
}

/**
 * The adapter's fingerprint: as that of a tower, with lines `<layer> rank <r> scale <α / r> <B> <A>` where B and A are
 * digests of halves.
 */
export function fingerprintAdapter(adapter: LoraAdapter, createDigest: CreateDigest): string {
  const lines = [...adapter].map(([layer, { up, down, rank, scale }]) => {
    const factors = [up, down].map((values) => digestHalves(values, createDigest));
    return `${layer} rank ${rank} scale ${scale} ${factors.join(" ")}`;
  });
  return digestLines(lines.sort(), createDigest);
}

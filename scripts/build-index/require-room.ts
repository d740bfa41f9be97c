import { mkdir, stat, statfs } from "node:fs/promises";
import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { byworkBytesPerRow } from "../../src/core/edition/bywork-file.ts";
import { restBytesPerRow } from "../../src/core/edition/rest-file.ts";
import { signBytesPerRow } from "../../src/core/edition/sign-file.ts";
import { BuildError } from "./build-error.ts";

const EXACT_BYTES = { f32: 4, f16: 2 } as const;
/** The one factor that a chunk has beside the records of `bywork`. */
const F1_BYTES = 2;
/** Beyond what rows take: router, training, and room for the system. */
const SPARE_BYTES = 64 << 20;

/** What a build will write. */
export interface RoomPlan {
  readonly sentences: number;
  readonly dim: number;
  readonly exact: "f32" | "f16" | null;
  /** Indexes: one, or two. */
  readonly indexes: number;
  /** Share of the rows that this machine has yet to code: 1 for a build that is done here from the beginning. */
  readonly share: number;
  /** Bytes of the laid out texts, sources and works. */
  readonly layoutBytes: number;
}

/** Bytes that chunks take in the work folder, and files in the edition. */
export function estimateRoom(plan: RoomPlan): { readonly work: number; readonly out: number } {
  const codeDim = codeDimOf(plan.dim);
  const exact = plan.exact === null ? 0 : plan.dim * EXACT_BYTES[plan.exact];
  const record = byworkBytesPerRow(codeDim) + exact;
  const rows = plan.sentences * plan.indexes;
  const codes = signBytesPerRow(codeDim) + restBytesPerRow(codeDim);
  return {
    work: Math.ceil(rows * plan.share * (record + F1_BYTES)) + SPARE_BYTES,
    out: rows * (record + codes) + plan.layoutBytes + SPARE_BYTES,
  };
}

/**
 * Makes sure that there is room for a build before hours of work end in a full disk.
 *
 * @param places folders and how many bytes will be written to each
 * @throws BuildError naming the folder, what it needs and what is free
 */
export async function requireRoom(
  places: readonly { readonly folder: string; readonly bytes: number }[],
): Promise<void> {
  const needs = new Map<number, { folder: string; bytes: number; free: number }>();
  for (const { folder, bytes } of places) {
    await mkdir(folder, { recursive: true });
    const { dev } = await stat(folder);
    const { bavail, bsize } = await statfs(folder);
    const known = needs.get(dev) ?? { folder, bytes: 0, free: bavail * bsize };
    known.bytes += bytes;
    needs.set(dev, known);
  }
  for (const { folder, bytes, free } of needs.values()) {
    if (free >= bytes) continue;
    throw new BuildError(
      `The build needs ${gigabytes(bytes)} and ${folder} has ${gigabytes(free)} free.`,
    );
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

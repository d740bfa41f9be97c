import { promisify } from "node:util";
import { gunzip as gunzipMember, gzipSync } from "node:zlib";
import type { Gunzip } from "../../src/core/edition/gzip.ts";

const unpack = promisify(gunzipMember);

/** Compresses as well as gzip can; equal input gives equal bytes. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes, { level: 9 }));
}

/** Decompresses a gzip member, on Node's own threads. */
export const gunzip: Gunzip = async (bytes) => new Uint8Array(await unpack(bytes));

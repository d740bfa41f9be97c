import { AppError, isAppError } from "../../src/core/errors.ts";
import { MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";

/** The files of a pack that this browser holds, by name. */
export type PackBlobs = Readonly<Record<string, Blob>>;

/**
 * Reads a file of a pack that this browser holds.
 *
 * @throws AppError `pack-corrupt` where it is missing, or where storage has lost what the handle stands for
 */
export async function readPackBlob(
  files: PackBlobs,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const blob = files[name];
  if (blob === undefined) throw new AppError({ code: "pack-corrupt", file: name, why: "missing" });
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    const why = "the browser's storage no longer holds it";
    throw new AppError({ code: "pack-corrupt", file: name, why }, { cause });
  }
}

/**
 * Text that differs for packs that differ: a handle to a file has no identity that crosses to a worker, but the manifest
 * lists every file's hash.
 */
export async function packBlobsKey(files: PackBlobs): Promise<string> {
  try {
    return new TextDecoder().decode(await readPackBlob(files, MANIFEST_FILE));
  } catch (error) {
    if (isAppError(error, "pack-corrupt")) return Object.keys(files).join();
    throw error;
  }
}

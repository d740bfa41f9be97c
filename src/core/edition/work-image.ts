import { AppError } from "../errors.ts";
import type { WorkImage } from "./works-file.ts";

/** Hex digits of an image's SHA-256 that its record keeps: enough to notice any damage. */
export const IMAGE_HASH_DIGITS = 16;

/**
 * The address of a work's image below `base`, which ends in "/".
 *
 * @param base `manifest.images.base`, made absolute
 */
export function workImageUrl(base: string, workId: string, image: WorkImage): string {
  return `${base}${encodeURIComponent(workId)}/${encodeURIComponent(image.file)}`;
}

/**
 * Checks the bytes of an image against its record.
 *
 * @param digest gives the SHA-256 of bytes in hex
 * @throws AppError `edition-corrupt` for another length or hash
 */
export async function checkWorkImage(
  bytes: Uint8Array<ArrayBuffer>,
  image: WorkImage,
  digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>,
): Promise<void> {
  const corrupt = (why: string) => new AppError({ code: "edition-corrupt", file: image.file, why });
  if (bytes.length !== image.bytes) throw corrupt(`${bytes.length} of ${image.bytes} bytes`);
  const hash = (await digest(bytes)).slice(0, IMAGE_HASH_DIGITS);
  if (hash !== image.hash) throw corrupt("its hash is another one");
}

/** The media type that an image's name says; images are drawn and never run, whatever they are. */
export function workImageType({ file }: WorkImage): string {
  return /\.png$/i.test(file) ? "image/png" : "image/jpeg";
}

import type { PictureSize } from "./sniff.ts";

/** Tags of the first directory (TIFF 6.0, section 8; Exif 2.3 for the orientation). */
const IMAGE_WIDTH = 256;
const IMAGE_LENGTH = 257;
const ORIENTATION = 274;
/** Field types of the values that these tags may hold. */
const SHORT = 3;
const LONG = 4;
/** Bytes of a directory entry, and the position of its value inside. */
const ENTRY_BYTES = 12;
const ENTRY_VALUE = 8;
/** "II", the byte order mark of little-endian files. */
const LITTLE_ENDIAN = 0x4949;

/** Reads the integer tags of the first directory. Throws RangeError where the bytes end too early. */
function readFirstDirectory(view: DataView): ReadonlyMap<number, number> {
  const little = view.getUint16(0) === LITTLE_ENDIAN;
  const directory = view.getUint32(4, little);
  const entries = view.getUint16(directory, little);
  const values = new Map<number, number>();
  for (let index = 0; index < entries; index += 1) {
    const entry = directory + 2 + index * ENTRY_BYTES;
    const type = view.getUint16(entry + 2, little);
    const at = entry + ENTRY_VALUE;
    if (type === SHORT) values.set(view.getUint16(entry, little), view.getUint16(at, little));
    if (type === LONG) values.set(view.getUint16(entry, little), view.getUint32(at, little));
  }
  return values;
}

/**
 * Size of the first picture of a TIFF file, as it is stored.
 *
 * @throws RangeError where the bytes end too early
 */
export function readTiffSize(view: DataView): PictureSize | null {
  const tags = readFirstDirectory(view);
  const width = tags.get(IMAGE_WIDTH);
  const height = tags.get(IMAGE_LENGTH);
  return width === undefined || height === undefined ? null : { width, height };
}

/** The orientation, 1 to 8, in an EXIF block; 1, "as stored", where there is none or it makes no sense. */
export function readOrientation(exif: DataView): number {
  try {
    const orientation = readFirstDirectory(exif).get(ORIENTATION) ?? 1;
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  } catch (error) {
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

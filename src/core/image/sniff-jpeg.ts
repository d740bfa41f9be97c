import type { PictureSize } from "./sniff.ts";
import { readOrientation } from "./sniff-tiff.ts";

/** Markers without a length: fill byte, temporary, restart 0 to 7 and start of image. */
function standsAlone(marker: number): boolean {
  return marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Start-of-frame markers: 0xC0 to 0xCF without the tables DHT, JPG and DAC that lie among them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
/** "Exif", the beginning of an APP1 segment that holds a TIFF structure. */
const EXIF = 0x45786966;
/** Bytes of "Exif" and two zeros. */
const EXIF_HEADER_BYTES = 6;
/** The first EXIF orientation that swaps width and height; all later ones do. */
const FIRST_TURNED_ORIENTATION = 5;

/**
 * Walks the segments of a JPEG (ITU-T T.81, annex B) up to its frame header.
 *
 * @returns the size after the EXIF orientation, or null where there is no frame header before the scan
 * @throws RangeError where the bytes end too early
 */
export function readJpegSize(view: DataView): PictureSize | null {
  let offset = 2;
  let orientation = 1;
  for (;;) {
    if (view.getUint8(offset) !== 0xff) return null;
    const marker = view.getUint8(offset + 1);
    if (standsAlone(marker)) {
      offset += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === START_OF_SCAN) return null;
    const length = view.getUint16(offset + 2);
    if (length < 2) return null;
    const body = offset + 4;
    if (isStartOfFrame(marker)) {
      const height = view.getUint16(body + 1);
      const width = view.getUint16(body + 3);
      return orientation >= FIRST_TURNED_ORIENTATION
        ? { width: height, height: width }
        : { width, height };
    }
    if (marker === APP1 && length > EXIF_HEADER_BYTES + 2 && view.getUint32(body) === EXIF) {
      const start = view.byteOffset + body + EXIF_HEADER_BYTES;
      const end = Math.min(
        view.byteOffset + view.byteLength,
        view.byteOffset + offset + 2 + length,
      );
      orientation = readOrientation(new DataView(view.buffer, start, end - start));
    }
    offset += 2 + length;
  }
}

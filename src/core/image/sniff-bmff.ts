import type { PictureSize } from "./sniff.ts";

/** Four-letter box types (ISO/IEC 14496-12 and 23008-12). */
const META = 0x6d657461;
const ITEM_PROPERTIES = 0x69707270;
const PROPERTY_CONTAINER = 0x6970636f;
const SPATIAL_EXTENTS = 0x69737065;
/** Bytes of a box header: 32-bit length and type. */
const HEADER_BYTES = 8;
/** Bytes of version and flags that open a full box. */
const FULL_BOX_BYTES = 4;

/**
 * Size of the largest picture in an AVIF or HEIC file. Thumbnails, alpha planes and the tiles of a grid have sizes of
 * their own there, and none of them is larger than the picture.
 *
 * @returns null where no size is found
 * @throws RangeError where the bytes end too early
 */
export function readBmffSize(view: DataView): PictureSize | null {
  let largest: PictureSize | null = null;
  const walk = (from: number, to: number): void => {
    let offset = from;
    while (offset + HEADER_BYTES <= to) {
      const length = view.getUint32(offset);
      const type = view.getUint32(offset + 4);
      const body = offset + HEADER_BYTES;
      // Zero stands for "to the end"; the 64-bit lengths (1) of media data come after what is wanted here.
      const end = length === 0 ? to : offset + length;
      if (end < body) return;
      if (type === META) walk(body + FULL_BOX_BYTES, end);
      if (type === ITEM_PROPERTIES || type === PROPERTY_CONTAINER) walk(body, end);
      if (type === SPATIAL_EXTENTS) {
        const width = view.getUint32(body + FULL_BOX_BYTES);
        const height = view.getUint32(body + FULL_BOX_BYTES + 4);
        if (largest === null || width * height > largest.width * largest.height) {
          largest = { width, height };
        }
      }
      offset = end;
    }
  };
  walk(0, view.byteLength);
  return largest;
}

import { readFile } from "node:fs/promises";
import { decode as decodeJpeg } from "jpeg-js";
import { PNG } from "pngjs";
import { frameFromPixels } from "../../src/core/image/preprocess.ts";
import { centreFrame } from "../../src/core/view/frame.ts";

/** A picture as interleaved 8-bit RGB [height × width × 3]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array<ArrayBuffer>;
  /** Whether decoding it is exact; JPEG decoders differ by a few levels. */
  readonly isLossless: boolean;
}

const PNG_SIGNATURE = "89504e470d0a1a0a";
const JPEG_SIGNATURE = "ffd8ff";
/** Most pixels that are decoded: far more than any model sees, little enough to hold. */
const MOST_MEGAPIXELS = 50;

function startsWith(bytes: Uint8Array, signature: string): boolean {
  return Buffer.from(bytes.subarray(0, signature.length / 2)).toString("hex") === signature;
}

/** Drops the fourth channel of RGBA. */
function withoutAlpha(rgba: Uint8Array): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++) {
    rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  }
  return rgb;
}

/**
 * Decodes a PNG or a JPEG. Transparency and EXIF orientation are not looked at: this is for reference pictures that have
 * neither.
 *
 * @throws Error saying in a sentence what is wrong with the file
 */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const decode = (): { width: number; height: number; data: Uint8Array; isLossless: boolean } => {
    if (startsWith(bytes, PNG_SIGNATURE)) {
      return { ...PNG.sync.read(Buffer.from(bytes)), isLossless: true };
    }
    if (startsWith(bytes, JPEG_SIGNATURE)) {
      const options = { useTArray: true, maxResolutionInMP: MOST_MEGAPIXELS } as const;
      return { ...decodeJpeg(bytes, options), isLossless: false };
    }
    throw new Error("it is neither a PNG nor a JPEG");
  };
  try {
    const { width, height, data, isLossless } = decode();
    return { width, height, rgb: withoutAlpha(data), isLossless };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The picture ${name} cannot be read: ${why}.`, { cause: error });
  }
}

/** Reads a PNG or JPEG file; see {@link decodePicture}. */
export async function readPicture(path: string): Promise<Picture> {
  return decodePicture(new Uint8Array(await readFile(path)), path);
}

/** What CLIP's own preprocessing shows the model of a picture: the centre, bytes [size × size × 3]. */
export function modelView({ rgb, width, height }: Picture, size: number): Uint8Array<ArrayBuffer> {
  return frameFromPixels(rgb, width, height, centreFrame(width, height, size), []);
}

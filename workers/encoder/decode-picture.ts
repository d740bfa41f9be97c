import { AppError } from "../../src/core/errors.ts";
import { createRowResizer } from "../../src/core/image/pillow-resize.ts";
import { fillFrame } from "../../src/core/image/preprocess.ts";
import { checkPictureSize, sniffPicture } from "../../src/core/image/sniff.ts";
import type { Frame } from "../../src/core/view/frame.ts";

/** A decoded picture, as long as it is looked at. */
export interface DecodedPicture {
  /** Size of the source in pixels, after its EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /**
   * Cuts, resizes with Pillow's filter and borders what a frame shows: RGB bytes [size × size × 3]. Works in bands, so that
   * beside the browser's own copy only some megabytes are needed, whatever the picture's size.
   *
   * @throws an AbortError after `signal`
   */
  readFrame(frame: Frame, border: readonly number[], signal: AbortSignal): Uint8Array<ArrayBuffer>;
}

/** A picture that can be looked at again, for a region of it. */
export interface PictureReader {
  /**
   * Decodes the picture where that is needed, and gives it to `look`, which must not keep it.
   *
   * @throws AppError `picture-empty`, `picture-format`, `picture-too-large`, `picture-too-thin` or `picture-unreadable`;
   *   an AbortError after `signal`
   */
  read<T>(look: (picture: DecodedPicture) => T, signal: AbortSignal): Promise<T>;
  /** Gives up the pixels; a later `read` decodes once more. */
  close(): void;
}

/** Most pixels that are read back from the browser at a time: 4 megapixels are 16 MB. */
const BAND_PIXELS = 4_000_000;
/** Most pixels that are kept decoded between two looks: 12 megapixels are 48 MB. A larger picture is decoded each time. */
const KEPT_PIXELS = 12_000_000;
/** Bytes that are looked at before decoding; headers with a large colour profile or thumbnail still fit. */
const HEAD_BYTES = 1 << 20;
/** Bytes a pixel of a canvas: red, green, blue and an alpha that is always full here. */
const CANVAS_CHANNELS = 4;

/**
 * Makes a reader of a picture's file. Only the file's handle is held until the first look.
 *
 * Pixels are taken as they are stored: embedded colour profiles are ignored, as in the pipeline that CLIP was trained
 * with. The EXIF orientation is applied. Transparent parts are laid on white: the reference drops the alpha channel and
 * so shows whatever colour lies hidden under it. Of an animation the first frame counts.
 */
export function createPictureReader(picture: Blob): PictureReader {
  let kept: ImageBitmap | null = null;
  return {
    async read(look, signal) {
      const bitmap = kept ?? (await decodeChecked(picture, signal));
      const { width, height } = bitmap;
      try {
        signal.throwIfAborted();
        checkPictureSize({ width, height });
        const readFrame: DecodedPicture["readFrame"] = (frame, border, until) =>
          fillFrame(readCrop(bitmap, frame, until), frame, border);
        const seen = look({ width, height, readFrame });
        if (kept === null && width * height <= KEPT_PIXELS) kept = bitmap;
        return seen;
      } finally {
        if (kept !== bitmap) bitmap.close();
      }
    },
    close() {
      kept?.close();
      kept = null;
    },
  };
}

async function decodeChecked(picture: Blob, signal: AbortSignal): Promise<ImageBitmap> {
  return decode(picture, await inspect(picture, signal));
}

/** Reads the head of the file and refuses what need not be decoded. Gives the format's name, or null if unknown. */
async function inspect(picture: Blob, signal: AbortSignal): Promise<string | null> {
  if (picture.size === 0) throw new AppError({ code: "picture-empty" });
  const head = await readBytes(picture.slice(0, HEAD_BYTES));
  signal.throwIfAborted();
  let header = sniffPicture(head);
  if (header === null) return null;
  if (header.format === "SVG") throw new AppError({ code: "picture-format", format: "SVG" });
  if (header.size === null && picture.size > HEAD_BYTES) {
    header = sniffPicture(await readBytes(picture)) ?? header;
    signal.throwIfAborted();
  }
  if (header.size !== null) checkPictureSize(header.size);
  return header.format;
}

async function readBytes(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    // A file that was moved or deleted after it had been picked.
    throw new AppError({ code: "picture-unreadable", mediaType: blob.type }, { cause: error });
  }
}

async function decode(picture: Blob, format: string | null): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(picture, {
      imageOrientation: "from-image",
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
  } catch (error) {
    // Formats that some browsers know and others do not: name them instead of calling the file broken.
    const isForeign = format === "TIFF" || format === "HEIC";
    if (isForeign) throw new AppError({ code: "picture-format", format }, { cause: error });
    const mediaType = picture.type === "" ? (format ?? "") : picture.type;
    throw new AppError({ code: "picture-unreadable", mediaType }, { cause: error });
  }
}

function readCrop(
  bitmap: ImageBitmap,
  { box, crop }: Frame,
  signal: AbortSignal,
): Uint8Array<ArrayBuffer> {
  const resizer = createRowResizer(box.width, box.height, crop);
  const { left, right, top, bottom } = resizer.window;
  const columns = right - left;
  const bandRows = Math.min(bottom - top, Math.max(1, Math.floor(BAND_PIXELS / columns)));
  const canvas = new OffscreenCanvas(columns, bandRows);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new AppError({ code: "session-failed", stage: "decode", why: "no canvas" });
  }
  context.imageSmoothingEnabled = false;
  context.fillStyle = "#fff";
  for (let row = top; row < bottom; row += bandRows) {
    signal.throwIfAborted();
    const rows = Math.min(bandRows, bottom - row);
    context.fillRect(0, 0, columns, rows);
    context.drawImage(bitmap, box.x + left, box.y + row, columns, rows, 0, 0, columns, rows);
    resizer.push(context.getImageData(0, 0, columns, rows).data, rows, CANVAS_CHANNELS);
  }
  return resizer.finish();
}

import { AppError } from "../errors.ts";
import { readBmffSize } from "./sniff-bmff.ts";
import { readJpegSize } from "./sniff-jpeg.ts";
import { readTiffSize } from "./sniff-tiff.ts";

/** Formats that are told apart by their first bytes; a file's name and media type are not trusted. */
export type PictureFormat =
  | "JPEG"
  | "PNG"
  | "GIF"
  | "WebP"
  | "BMP"
  | "AVIF"
  | "HEIC"
  | "TIFF"
  | "SVG";

/** Size of a picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a file says of itself before anything is decoded. */
export interface PictureHeader {
  readonly format: PictureFormat;
  /** After the EXIF orientation; null where the bytes given do not reach it or do not make sense. */
  readonly size: PictureSize | null;
  /** True where the file announces several frames; the first one is used. */
  readonly isAnimated: boolean;
}

/** Most pixels that are decoded: 80 megapixels take 320 MB in the browser, and the largest museum downloads have less. */
const MOST_PIXELS = 80_000_000;
/** Least length of the shorter side in pixels: below half a patch of 32 nothing is left to recognise. */
const LEAST_SIDE = 16;
/** Most times that the longer side may be the shorter one: long handscrolls reach 40, and the model sees one square. */
const MOST_ASPECT = 64;

/**
 * Refuses a picture by its size.
 *
 * @throws AppError `picture-too-large` above {@link MOST_PIXELS}; `picture-too-thin` where the shorter side is under
 *   {@link LEAST_SIDE} or the longer one more than {@link MOST_ASPECT} times as long
 */
export function checkPictureSize({ width, height }: PictureSize): void {
  const shorter = Math.min(width, height);
  if (shorter < LEAST_SIDE || Math.max(width, height) > shorter * MOST_ASPECT) {
    throw new AppError({ code: "picture-too-thin", width, height });
  }
  if (width * height > MOST_PIXELS) {
    throw new AppError({ code: "picture-too-large", width, height, limitPixels: MOST_PIXELS });
  }
}

/**
 * Recognises a picture by its first bytes and reads its size from the header, without decoding.
 *
 * @param bytes the beginning of the file, or all of it
 * @returns null for anything that is none of the formats
 */
export function sniffPicture(bytes: Uint8Array<ArrayBuffer>): PictureHeader | null {
  const format = recognise(bytes);
  if (format === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    format,
    size: readSize(view, format),
    isAnimated: announcesFrames(bytes, view, format),
  };
}

/** Media brands of ISO files that hold AVIF and HEIC pictures (ISO/IEC 23008-12; AV1 Image File Format 1.1). */
const AVIF_BRANDS = ["avif", "avis"];
const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

function recognise(bytes: Uint8Array): PictureFormat | null {
  const begins = (...signature: readonly number[]): boolean =>
    signature.every((byte, index) => bytes[index] === byte);
  if (begins(0xff, 0xd8, 0xff)) return "JPEG";
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "PNG";
  const head = ascii(bytes, 0, 6);
  if (head === "GIF87a" || head === "GIF89a") return "GIF";
  if (head.startsWith("RIFF") && ascii(bytes, 8, 4) === "WEBP") return "WebP";
  if (begins(0x49, 0x49, 0x2a, 0x00) || begins(0x4d, 0x4d, 0x00, 0x2a)) return "TIFF";
  if (begins(0x42, 0x4d)) return "BMP";
  if (ascii(bytes, 4, 4) === "ftyp") {
    const brands = [8, 16, 20, 24, 28].map((offset) => ascii(bytes, offset, 4));
    if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return "AVIF";
    return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? "HEIC" : null;
  }
  return isSvg(bytes) ? "SVG" : null;
}

/** How far into a text file an <svg> element may begin, in bytes, after comments and a document type. */
const SVG_SEARCH_BYTES = 4096;

function isSvg(bytes: Uint8Array): boolean {
  const text = new TextDecoder("utf-8").decode(bytes.subarray(0, SVG_SEARCH_BYTES)).trimStart();
  return text.startsWith("<") && /<svg[\s>]/i.test(text);
}

function readSize(view: DataView, format: PictureFormat): PictureSize | null {
  try {
    const size = SIZE_READERS[format](view);
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    // The view ends before the header does.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const SIZE_READERS: Readonly<Record<PictureFormat, (view: DataView) => PictureSize | null>> = {
  JPEG: readJpegSize,
  PNG: (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  GIF: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  WebP: readWebpSize,
  BMP: readBmpSize,
  AVIF: readBmffSize,
  HEIC: readBmffSize,
  TIFF: readTiffSize,
  SVG: () => null,
};

/** Lossy, lossless and extended WebP keep their size in three different ways (RFC 9649). */
function readWebpSize(view: DataView): PictureSize | null {
  const chunk = view.getUint32(12);
  if (chunk === 0x56503858) {
    const get24 = (offset: number): number =>
      view.getUint16(offset, true) + view.getUint8(offset + 2) * 0x10000;
    return { width: get24(24) + 1, height: get24(27) + 1 };
  }
  if (chunk === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === 0x56503820) {
    return {
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    };
  }
  return null;
}

/** Length in bytes of the header of OS/2 bitmaps, which holds 16-bit sizes. */
const OS2_HEADER_BYTES = 12;

function readBmpSize(view: DataView): PictureSize {
  if (view.getUint32(14, true) === OS2_HEADER_BYTES) {
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  // A negative height marks rows stored from the top down.
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

/** Bit of a WebP's VP8X flags that announces an animation. */
const WEBP_ANIMATION_FLAG = 0x02;
/** How far into a file the sign of an animation is looked for, in bytes. */
const ANIMATION_SEARCH_BYTES = 4096;

function announcesFrames(bytes: Uint8Array, view: DataView, format: PictureFormat): boolean {
  const start = ascii(bytes, 0, ANIMATION_SEARCH_BYTES);
  switch (format) {
    case "GIF":
      return start.includes("NETSCAPE2.0") || start.includes("ANIMEXTS1.0");
    case "PNG":
      return start.includes("acTL");
    case "WebP":
      return (
        start.startsWith("VP8X", 12) &&
        view.byteLength > 20 &&
        (view.getUint8(20) & WEBP_ANIMATION_FLAG) !== 0
      );
    case "AVIF":
      return start.startsWith("avis", 8);
    default:
      return false;
  }
}

/** Bytes as Latin-1 text; shorter where they end. */
function ascii(bytes: Uint8Array, offset: number, length: number): string {
  let text = "";
  for (const byte of bytes.subarray(offset, offset + length)) text += String.fromCharCode(byte);
  return text;
}

import { crc32, deflateSync } from "node:zlib";

/** Red, green, blue, alpha of one pixel. */
type Pixel = readonly [number, number, number, number];

/** A PNG of 8 bits a channel with alpha, as an encoder would write it. */
export function png(width: number, height: number, pixel: (x: number, y: number) => Pixel): Buffer {
  const rows = Buffer.alloc((1 + width * 4) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows.set(pixel(x, y), y * (1 + width * 4) + 1 + x * 4);
  }
  return pngOf(width, height, deflateSync(rows));
}

/** The same with any size in its header, whatever the data hold: a decompression bomb in a few bytes. */
export function pngOf(width: number, height: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const end = chunk("IEND", Buffer.alloc(0));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), end]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, check]);
}

/** A red boat on blue water under a pale sky. */
export function boatPng(width: number, height: number): Buffer {
  return png(width, height, (x, y) => {
    const u = x / width;
    const v = y / height;
    if (v > 0.55 && v < 0.7 && u > 0.35 && u < 0.6) return [190, 30, 30, 255];
    return v > 0.6 ? [40, 90, 160, 255] : [225, 220, 200, 255];
  });
}

/** A picture of which half is transparent. */
export function transparentPng(): Buffer {
  return png(96, 96, (x) => [200, 40, 40, x < 48 ? 0 : 255]);
}

/** An animated GIF of two frames of 64 × 48 pixels, made for these tests. */
export const animatedGif: Buffer = Buffer.from(
  [
    "R0lGODlhQAAwAIEAAMi0eLQeHgAAAAAAACH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAAQAAwAAAIhgABCBxIsKDBgwgT",
    "KlzIsKHDhxAjSpxIsaLFixgzatzIsaPHjyBDihxJsqTJkyhTqlyJMYDLlzBjxmQps2ZNmjZzusSp0ybPnjJ/AoUpdOjOlUaDIk1K",
    "dCnToyqfvixqlOpQq0Cx9tSqk2tOrz6dPgV7k6XZs2jTql3Ltq3bt3Djyp1LN2VAACH5BAEKAAIALAoADwAoABQAgci0eLQeHgAA",
    "AAAAAAhaAAEIHEiwYMEACBMqXLjQoEOHDCNGfEhxoMSLCStWxIhRI0WOFz0+BClRJESSDE0aRJlSJUGWDV1ahJlRpkCaNW3iRGjz",
    "5s6eAHYGACqU6M+eRZEe1blUptCAADs=",
  ].join(""),
  "base64",
);

/**
 * `jpeg` with an EXIF block that asks for orientation 6, a quarter turn clockwise (EXIF 2.32 §4.6.4), right after the
 * start marker.
 */
export function withExifTurn(jpeg: Buffer): Buffer {
  const tiff = Buffer.from([
    ...Buffer.from("MM", "latin1"),
    ...[0, 42, 0, 0, 0, 8, 0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0],
    ...[0, 0, 0, 0],
  ]);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length + 2);
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, 0xe1]),
    length,
    body,
    jpeg.subarray(2),
  ]);
}

/** A JPEG of 64 × 48 pixels in four inks (CMYK, as Adobe's programs write it), made for these tests. */
export const cmykJpeg: Buffer = Buffer.from(
  [
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJT",
    "UjI+WmFaUGBKUVJP/8AAFAgAMABABEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIB",
    "AwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZH",
    "SElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV",
    "1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwDrK6Coq9Oooooooooooooooooooooooooooooooooooooo",
    "oooooooooooooooooooooooooooqN5drFduce9c5qvin+ztRltPsXmeXj5vNxnIB6Y96yr3WPst08H2fftxzvxnIz6UU3z/9n9aq",
    "f8Jt/wBQ7/yP/wDY1B/wkP8A06/+RP8A61FHn/7P60f8Jt/1Dv8AyP8A/Y0f8JD/ANOv/kT/AOtRR5/+z+tH/Cbf9Q7/AMj/AP2N",
    "H/CQ/wDTr/5E/wDrUVNXXVuUUUUUUUUUUUUUVWm/1przrxX/AMjHdf8AAP8A0Ba5bWv+QrN/wH/0EUUysiqNFFFFFFFFFXK9crt6",
    "KKKKKKKKKKKKKrTf601514r/AORjuv8AgH/oC1y2tf8AIVm/4D/6CKKZWRVGiiiiiiiiirleuV29FFFFFFFFFFFFFFFFFFFFFFFF",
    "FFFFFFFFFFFFFFFFFf/Z",
  ].join(""),
  "base64",
);

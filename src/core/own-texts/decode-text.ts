import { AppError } from "../errors.ts";

/** How the bytes of a text file stand for characters. */
export type TextEncoding = "UTF-8" | "UTF-16" | "Latin-1";

/** A file as text, without its byte order mark. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

/** First bytes of files that are taken for texts by mistake, and what to call them. */
const FOREIGN: readonly { readonly bytes: readonly number[]; readonly name: string }[] = [
  { bytes: [0x25, 0x50, 0x44, 0x46], name: "a PDF" },
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: "a word processor’s document, an e-book or an archive" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: "a document of an older office program" },
  { bytes: [0x7b, 0x5c, 0x72, 0x74, 0x66], name: "a Rich Text document" },
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: "a picture" },
  { bytes: [0xff, 0xd8, 0xff], name: "a picture" },
  { bytes: [0x47, 0x49, 0x46, 0x38], name: "a picture" },
  { bytes: [0x1f, 0x8b], name: "a compressed file" },
];

/** Bytes that the guess of an encoding looks at. */
const SAMPLE_BYTES = 4096;
/** Share of zero bytes on one side of each pair from which a file without a mark is UTF-16. */
const ZERO_SHARE = 0.4;
/** Share of control characters beyond which a file is no text. */
const MOST_CONTROL_SHARE = 0.01;

/**
 * Decodes a text file: by its byte order mark, by the zero bytes of UTF-16, as UTF-8 where it is valid, and else as
 * Windows-1252, the superset of Latin-1 that such files really are (https://encoding.spec.whatwg.org/#names-and-labels).
 *
 * @param file name for the error
 * @throws AppError `texts-format` for a file that is no text
 */
export function decodeText(bytes: Uint8Array, file: string): DecodedText {
  const foreign = FOREIGN.find((kind) => kind.bytes.every((byte, at) => bytes[at] === byte));
  if (foreign !== undefined)
    throw new AppError({ code: "texts-format", file, found: foreign.name });
  const utf16 = utf16Label(bytes);
  if (utf16 !== null) return checked(decodeAs(utf16, bytes), "UTF-16", file);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return checked(text, "UTF-8", file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    return checked(decodeAs("windows-1252", bytes), "Latin-1", file);
  }
}

function decodeAs(label: string, bytes: Uint8Array): string {
  return new TextDecoder(label).decode(bytes);
}

function utf16Label(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const needed = (ZERO_SHARE * sample.length) / 2;
  if (odd > needed && even < odd / 4) return "utf-16le";
  if (even > needed && odd < even / 4) return "utf-16be";
  return null;
}

function checked(text: string, encoding: TextEncoding, file: string): DecodedText {
  const sample = text.slice(0, SAMPLE_BYTES);
  const controls = sample.match(/[^\P{Cc}\t\n\f\r\v]|\ufffd/gu)?.length ?? 0;
  if (controls > MOST_CONTROL_SHARE * sample.length) {
    throw new AppError({ code: "texts-format", file, found: "a file of bytes that are no text" });
  }
  return { text: text.replaceAll("\r\n", "\n").replaceAll("\r", "\n"), encoding };
}

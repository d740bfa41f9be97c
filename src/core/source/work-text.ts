import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "../model/json-fields.ts";

/** How a stretch of a block's text is set. */
const STYLES = ["italic", "bold", "superscript", "subscript", "code"] as const;
export type TextStyle = (typeof STYLES)[number];

/** A styled stretch `[start, end)` of a block's text, in UTF-16 units. */
export interface StyledSpan {
  readonly start: number;
  readonly end: number;
  readonly style: TextStyle;
}

const BLOCK_KINDS = ["heading", "paragraph", "quote", "item", "note", "table-row", "code"] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/**
 * One block of a source, in reading order. Its text is plain: whatever markup the scan's Markdown had is in `kind` and
 * `styles`, or gone. The cells of a table row are parted by tabs.
 */
export interface TextBlock {
  readonly kind: BlockKind;
  /** Depth of a heading, 1 to 6; 0 for everything else. */
  readonly level: number;
  readonly text: string;
  readonly styles: readonly StyledSpan[];
  /** File names of pictures that stand at this block. */
  readonly images: readonly string[];
}

/** Where a sentence stands: from `start` in block `block` to `end` (exclusive) in block `lastBlock`. */
export interface SentenceSpan {
  readonly block: number;
  readonly start: number;
  readonly lastBlock: number;
  readonly end: number;
}

/** The text of a work, and where each of its sentences stands in it. */
export interface WorkText {
  readonly blocks: readonly TextBlock[];
  /** One per sentence of the work, in order; null where a sentence could not be found in the source. */
  readonly spans: readonly (SentenceSpan | null)[];
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: "sources", why });
}

function oneOf<T extends string>(known: readonly T[], fields: FieldReader, name: string): T {
  const value = fields.text(name);
  const found = known.find((item) => item === value);
  if (found === undefined) throw corrupt(`${name} ${value}`);
  return found;
}

function parseBlock(fields: FieldReader): TextBlock {
  const text = fields.raw("text");
  if (typeof text !== "string") throw corrupt("a block without text");
  const styles = fields.has("styles")
    ? fields.objects("styles").map((span) => {
        const start = span.integer("start", 0, text.length);
        return {
          start,
          end: span.integer("end", start, text.length),
          style: oneOf(STYLES, span, "style"),
        };
      })
    : [];
  return {
    kind: oneOf(BLOCK_KINDS, fields, "kind"),
    level: fields.has("level") ? fields.integer("level", 0, 6) : 0,
    text,
    styles,
    images: fields.has("images") ? fields.texts("images") : [],
  };
}

function parseSpan(value: unknown, blocks: readonly TextBlock[]): SentenceSpan | null {
  if (value === null) return null;
  const [block, start, lastBlock, end]: unknown[] = Array.isArray(value) ? value : [];
  const isPlace = (at: unknown, offset: unknown): boolean =>
    Number.isInteger(at) &&
    Number.isInteger(offset) &&
    Number(offset) >= 0 &&
    Number(offset) <= (blocks[Number(at)]?.text.length ?? -1);
  if (!isPlace(block, start) || !isPlace(lastBlock, end))
    throw corrupt("a span outside of the text");
  const span = {
    block: Number(block),
    start: Number(start),
    lastBlock: Number(lastBlock),
    end: Number(end),
  };
  const isForward =
    span.lastBlock > span.block || (span.lastBlock === span.block && span.end >= span.start);
  if (!isForward) throw corrupt("a span that runs backwards");
  return span;
}

/** A work's text as compact JSON in UTF-8; what is empty is left out. */
export function encodeWorkText({ blocks, spans }: WorkText): Uint8Array<ArrayBuffer> {
  const json = {
    blocks: blocks.map(({ kind, level, text, styles, images }) => ({
      kind,
      ...(level > 0 ? { level } : {}),
      text,
      ...(styles.length > 0 ? { styles } : {}),
      ...(images.length > 0 ? { images } : {}),
    })),
    spans: spans.map((span) =>
      span === null ? null : [span.block, span.start, span.lastBlock, span.end],
    ),
  };
  return new TextEncoder().encode(JSON.stringify(json));
}

/**
 * Validates the (decompressed) text of a work with `sentences` sentences.
 *
 * @throws AppError `edition-corrupt`
 */
export function parseWorkText(utf8: Uint8Array, sentences: number): WorkText {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(utf8));
  } catch (cause) {
    throw new AppError({ code: "edition-corrupt", file: "sources", why: "not JSON" }, { cause });
  }
  const fields = readFields(json, "", corrupt);
  const blocks = fields.objects("blocks").map(parseBlock);
  const spans = fields.raw("spans");
  if (!Array.isArray(spans) || spans.length !== sentences) throw corrupt("spans");
  return { blocks, spans: spans.map((span) => parseSpan(span, blocks)) };
}

import type { TextBlock } from "../../../src/core/source/work-text.ts";

/** What the place of a block in its work says of the sentences in it. */
export interface BlockContext {
  /** The kind of section that the block stands in, by its heading. */
  readonly section: "references" | "notes" | "pictures" | "text";
  /** The block begins with the number of a note, or is one. */
  readonly isNote: boolean;
  /** A picture stands in this block or right before or behind it. */
  readonly isByPicture: boolean;
  /** How many blocks of the work read the same but for their figures. */
  readonly repeats: number;
  /** It is of the first or the last of the work, where notices stand. */
  readonly isAtEdge: boolean;
}

const REFERENCES =
  /^\W*(?:[ivxlc\d]+\W+)?(?:references?|(?:select(?:ed)? )?bibliograph(?:y|ie)|works? cited|literature(?: cited)?|(?:primary |secondary )?sources|bibliografia|literatur(?:verzeichnis)?|riferimenti bibliografici|further reading)\b.{0,12}$/i;
const NOTES = /^\W*(?:[ivxlc\d]+\W+)?(?:(?:end|foot)?notes?|note|anmerkungen)\b.{0,8}$/i;
const PICTURES =
  /^\W*(?:[ivxlc\d]+\W+)?(?:list of )?(?:illustrations?|figures?|plates|image (?:notes|credits)|(?:illustration|picture|photo) credits|captions)\W*\d*$|\blist of (?:illustrations|figures|plates)\b/i;
/** Headings that end a section of references; any other may be a running head that fell into it. */
const CHAPTER =
  /^\W*(?:chapter|appendix|acknowledge?ments|introduction|conclusions?|abstract|part)\b/i;
/** A repeated line is no longer than this. */
const LINE = 90;
/** Blocks at the beginning of a work, a quarter of it at most, and at its end that notices stand in. */
const FRONT = 40;
const BACK = 4;

function lineOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\d+/g, "#")
    .replaceAll(/[^\p{L}#]+/gu, " ")
    .trim();
}

function sectionOf(heading: string): BlockContext["section"] | null {
  if (REFERENCES.test(heading)) return "references";
  if (NOTES.test(heading)) return "notes";
  if (PICTURES.test(heading)) return "pictures";
  return null;
}

/** Reads the context of every block of a work. */
export function readBlockContexts(blocks: readonly TextBlock[]): BlockContext[] {
  const lines = new Map<string, number>();
  for (const { text } of blocks) {
    if (text.length > LINE) continue;
    const line = lineOf(text);
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  let section: BlockContext["section"] = "text";
  let level = 0;
  return blocks.map((block, index) => {
    const { kind, text, styles, images } = block;
    const repeats = text.length > LINE ? 1 : (lines.get(lineOf(text)) ?? 1);
    if (kind === "heading") {
      const named = sectionOf(text);
      if (named !== null) {
        section = named;
        level = block.level;
      } else if (!/\d/.test(text) || CHAPTER.test(text)) {
        // One with figures, or deeper, is a page's head or a part of the list.
        if (repeats < 2 && (block.level <= level || CHAPTER.test(text))) section = "text";
      }
    }
    const [before, after] = [blocks[index - 1], blocks[index + 1]];
    const standsOn = (other: TextBlock | undefined): boolean => (other?.images.length ?? 0) > 0;
    // A caption may be followed by its source.
    const isSecond = (before?.text.length ?? LINE) < 2 * LINE && standsOn(blocks[index - 2]);
    const start = text.length - text.trimStart().length;
    return {
      section,
      isNote:
        kind === "note" ||
        styles.some(
          (span) =>
            span.style === "superscript" &&
            span.start <= start + 1 &&
            /^\[?\d{1,3}[.\]]?$/.test(text.slice(span.start, span.end).trim()),
        ),
      isByPicture: images.length > 0 || standsOn(before) || standsOn(after) || isSecond,
      repeats,
      isAtEdge: index < Math.min(FRONT, blocks.length / 4) || index >= blocks.length - BACK,
    };
  });
}

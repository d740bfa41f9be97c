import type { ListItem, Nodes, Parents, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type {
  BlockKind,
  StyledSpan,
  TextBlock,
  TextStyle,
} from "../../../src/core/source/work-text.ts";

/** The tags that OCR Markdown sets as HTML; all others vanish, their text stays. */
const TAG_STYLES: Readonly<Record<string, TextStyle>> = {
  sup: "superscript",
  sub: "subscript",
  i: "italic",
  em: "italic",
  b: "bold",
  strong: "bold",
};
const TAG = /^<(\/?)([a-z][a-z0-9]*)\b[^>]*>$/i;
const ANY_TAG = /<[^<>]*>/g;
const ITEM_NUMBER = /^\d+[.)]/;
/** A formula that is a raised word or number, or nothing but figures and signs of plain text. */
const SMALL_FORMULA = /\$\s*\^\{?\s*([\p{L}\d]{1,6})\s*\}?\s*\$|\$([+\d.,:;\s/-]{1,20})\$/gu;

/** A block while its text grows. */
interface Draft {
  readonly kind: BlockKind;
  readonly level: number;
  text: string;
  readonly styles: StyledSpan[];
  readonly images: string[];
}

/**
 * Reads OCR Markdown into blocks of plain text with a few styles, so that a page needs neither a Markdown parser nor a
 * sanitiser. Links keep their words, HTML keeps its text, images keep their file names; nothing that is not Markdown is an
 * error.
 */
export function readMarkdown(markdown: string): TextBlock[] {
  let drafts: Draft[];
  try {
    drafts = readTree(markdown);
  } catch (error) {
    // Marks within marks, thousands deep, are no markup but debris.
    if (!(error instanceof RangeError)) throw error;
    drafts = markdown.split(/\n\s*\n/).map((text) => ({ ...draft("paragraph"), text }));
  }
  return drafts
    .map((own) => ({ ...own, styles: own.styles.filter(({ start, end }) => end > start) }))
    .filter(({ text, images }) => text.trim() !== "" || images.length > 0);
}

function readTree(markdown: string): Draft[] {
  const root = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const drafts: Draft[] = [];
  for (const node of root.children) readBlock(node, { kind: "paragraph", markdown }, drafts);
  return drafts;
}

function draft(kind: BlockKind, level = 0): Draft {
  return { kind, level, text: "", styles: [], images: [] };
}

interface Surroundings {
  /** What paragraphs are here, such as items of a list. */
  readonly kind: BlockKind;
  readonly markdown: string;
}

/** Adds the blocks of a node. */
function readBlock(node: RootContent, around: Surroundings, into: Draft[]): void {
  switch (node.type) {
    case "heading": {
      const block = draft("heading", node.depth);
      readInline(node, block);
      into.push(block);
      return;
    }
    case "paragraph": {
      const block = draft(around.kind);
      readInline(node, block);
      into.push(block);
      return;
    }
    case "blockquote":
      for (const child of node.children) readBlock(child, { ...around, kind: "quote" }, into);
      return;
    case "list":
      for (const item of node.children) readItem(item, around, into);
      return;
    case "footnoteDefinition":
      for (const child of node.children) readBlock(child, { ...around, kind: "note" }, into);
      return;
    case "table":
      for (const row of node.children) {
        const block = draft("table-row");
        row.children.forEach((cell, index) => {
          if (index > 0) block.text += "\t";
          readInline(cell, block);
        });
        into.push(block);
      }
      return;
    case "code": {
      const block = draft("code");
      block.text = node.value;
      into.push(block);
      return;
    }
    case "html": {
      const block = draft(around.kind);
      block.text = node.value.replaceAll(ANY_TAG, " ").replaceAll(/\s+/g, " ").trim();
      into.push(block);
      return;
    }
    default:
      // Rules and definitions of links have no text of their own.
      return;
  }
}

/**
 * Adds the blocks of an item. Numbers are taken as they were typed: a parser counts on from the first, but the notes of a
 * scan go by their own.
 */
function readItem(item: ListItem, around: Surroundings, into: Draft[]): void {
  const first = into.length;
  for (const child of item.children) readBlock(child, { ...around, kind: "item" }, into);
  const block = into[first];
  const at = item.position?.start.offset ?? around.markdown.length;
  const number = ITEM_NUMBER.exec(around.markdown.slice(at, at + 12))?.[0];
  if (block === undefined || number === undefined) return;
  const marker = `${number} `;
  block.text = marker + block.text;
  for (const [index, { start, end, style }] of block.styles.entries()) {
    block.styles[index] = { start: start + marker.length, end: end + marker.length, style };
  }
}

function readInline(parent: Parents, block: Draft): void {
  /** Tags that are open, with the place where they began. */
  const open: { readonly style: TextStyle; readonly start: number }[] = [];
  for (const child of parent.children) {
    if (child.type === "html") readTag(child.value, open, block);
    else readInlineNode(child, block);
  }
  for (const { style, start } of open) block.styles.push({ start, end: block.text.length, style });
}

function readTag(
  html: string,
  open: { readonly style: TextStyle; readonly start: number }[],
  block: Draft,
): void {
  const [, slash, name = ""] = TAG.exec(html) ?? [];
  if (name.toLowerCase() === "br") block.text += " ";
  const style = TAG_STYLES[name.toLowerCase()];
  if (style === undefined) return;
  if (slash === "") {
    open.push({ style, start: block.text.length });
    return;
  }
  const at = open.findLastIndex((tag) => tag.style === style);
  const [tag] = at < 0 ? [] : open.splice(at, 1);
  if (tag === undefined || (style === "superscript" && isMisread(block.text, tag.start))) return;
  block.styles.push({ ...tag, end: block.text.length });
}

/** Recognition raises words and years that stand a little high: "<sup>I</sup> went", "in <sup>1854</sup>". */
function isMisread(text: string, start: number): boolean {
  const raised = text.slice(start).trim();
  if (start === 0) return /^(?:\p{Lu}\p{L}*|\d{4})$/u.test(raised);
  return /\s/.test(text[start - 1] ?? "") && /^(?:\p{L}+|\d{4})$/u.test(raised);
}

/** Adds text in which recognition set small things as formulas: "$^{24}$" is a raised number, "$+5$" a plain one. */
function addText(text: string, block: Draft): void {
  let end = 0;
  for (const formula of text.matchAll(SMALL_FORMULA)) {
    const [whole, raised, plain = ""] = formula;
    block.text += text.slice(end, formula.index);
    const start = block.text.length;
    block.text += raised ?? plain;
    if (raised !== undefined)
      block.styles.push({ start, end: block.text.length, style: "superscript" });
    end = formula.index + whole.length;
  }
  block.text += text.slice(end);
}

function readInlineNode(node: Nodes, block: Draft): void {
  const start = block.text.length;
  const styled = (style: TextStyle): void => {
    block.styles.push({ start, end: block.text.length, style });
  };
  switch (node.type) {
    case "text":
      // A line break inside a paragraph is the scan's, not the author's.
      addText(node.value.replaceAll(/\s*\n\s*/g, " "), block);
      return;
    case "inlineCode":
      block.text += node.value;
      styled("code");
      return;
    case "emphasis":
      readInline(node, block);
      styled("italic");
      return;
    case "strong":
      readInline(node, block);
      styled("bold");
      return;
    case "break":
      block.text += " ";
      return;
    case "image":
      block.images.push(node.url);
      return;
    case "footnoteReference":
      block.text += node.label ?? node.identifier;
      styled("superscript");
      return;
    default:
      if ("children" in node) readInline(node, block);
  }
}

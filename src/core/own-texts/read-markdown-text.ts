import type { BlockKind } from "../source/work-text.ts";
import type { OwnRecord } from "./own-record.ts";
import type { PlainBlock } from "./own-work.ts";

/** A Markdown file: its blocks, and what its front matter says of it. */
export interface MarkdownText {
  readonly blocks: readonly PlainBlock[];
  readonly record: Partial<OwnRecord>;
}

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const QUOTE = /^ {0,3}>\s?/;
const RULE = /^ {0,3}(?:[-*_]\s*){3,}$/;
/** Marks that begin a block at every line that has one. */
const MARKED: readonly { readonly kind: BlockKind; readonly mark: RegExp }[] = [
  { kind: "note", mark: /^\[\^[^\]]+\]:\s*/ },
  { kind: "item", mark: /^\s*(?:[-*+]|\d{1,9}[.)])\s+/ },
];

/** A block while its lines are read; no kind while none is open. */
interface OpenBlock {
  kind: BlockKind | null;
  lines: string[];
}

/**
 * Reads Markdown into blocks of plain text. It knows headings, lists, quotations, footnotes, fenced code and front matter; in
 * a line, the marks of emphasis and of links vanish and their words stay, and HTML stays what was written. Anything else is
 * a paragraph: no file is an error.
 */
export function readMarkdownText(markdown: string): MarkdownText {
  const { record, body } = readFrontMatter(markdown);
  const blocks: PlainBlock[] = [];
  const open: OpenBlock = { kind: null, lines: [] };
  let fence: string | null = null;
  const close = (): void => {
    const { kind, lines } = open;
    if (kind !== null) {
      const text = kind === "code" ? lines.join("\n") : plainLine(lines.join(" "));
      if (text.trim() !== "") blocks.push({ kind, level: 0, text });
    }
    open.kind = null;
    open.lines = [];
  };
  const add = (kind: BlockKind, line: string): void => {
    if (open.kind !== kind) close();
    open.kind = kind;
    open.lines.push(line);
  };
  for (const line of body.split("\n")) {
    if (fence !== null) {
      if (!line.trimStart().startsWith(fence)) add("code", line);
      else {
        close();
        fence = null;
      }
      continue;
    }
    fence = FENCE.exec(line)?.[1]?.slice(0, 3) ?? null;
    const heading = HEADING.exec(line);
    if (fence !== null || line.trim() === "" || RULE.test(line)) close();
    else if (heading !== null) {
      close();
      const text = plainLine(heading[2] ?? "");
      if (text !== "") blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text });
    } else if (QUOTE.test(line)) add("quote", line.replace(QUOTE, ""));
    else {
      const marked = MARKED.find(({ mark }) => mark.test(line));
      if (marked !== undefined) close();
      // A line without a mark goes on with what is open.
      add(marked?.kind ?? open.kind ?? "paragraph", line.replace(marked?.mark ?? "", ""));
    }
  }
  close();
  return { blocks, record };
}

/** A line without the marks of Markdown. Every mark has a bounded reach, so that no line takes more than linear time. */
function plainLine(line: string): string {
  return line
    .replaceAll(/!\[[^[\]]{0,400}\]\([^()]{0,2000}\)/g, "")
    .replaceAll(/\[([^[\]]{0,400})\]\((?:[^()]|\([^()]*\)){0,2000}\)/g, "$1")
    .replaceAll(/\[\^[^[\]]{1,100}\]/g, "")
    .replaceAll(/(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1/g, "$2")
    .replaceAll(/(?<![\p{L}\p{Nd}\\])([*_])(?=\S)(.{1,400}?)(?<=\S)\1(?![\p{L}\p{Nd}])/gu, "$2")
    .replaceAll(/(?<!\\)`+/g, "")
    .replaceAll(/\\([!-/:-@[-`{-~])/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const FRONT_MATTER = /^---[^\S\n]*\n([\s\S]*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/;
const FIELDS: Readonly<Record<string, keyof OwnRecord>> = {
  title: "title",
  author: "author",
  authors: "author",
  year: "year",
  date: "year",
};

/** The simple fields of front matter ("title: …"); lists and nested fields are left alone. */
function readFrontMatter(markdown: string): {
  readonly record: Partial<OwnRecord>;
  readonly body: string;
} {
  const match = FRONT_MATTER.exec(markdown);
  if (match === null) return { record: {}, body: markdown };
  const record: Partial<Record<keyof OwnRecord, string>> = {};
  for (const line of (match[1] ?? "").split("\n")) {
    const [, name = "", value = ""] = /^(\w+):\s*(.+?)\s*$/.exec(line) ?? [];
    const field = FIELDS[name.toLowerCase()];
    if (field !== undefined) record[field] = value.replace(/^(["'])(.*)\1$/, "$2");
  }
  return { record, body: markdown.slice(match[0].length) };
}

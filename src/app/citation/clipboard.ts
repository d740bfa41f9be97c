import { type RichText, toHtml, toPlainText } from "../../core/citation/rich-text.ts";

/**
 * Puts rich text on the clipboard, as HTML for word processors and as plain text for all else; where the browser cannot
 * write HTML, as plain text alone.
 *
 * @returns false where the browser refuses, so that the reader must copy by hand
 */
export async function copyRichText(text: RichText): Promise<boolean> {
  const plain = toPlainText(text);
  try {
    if (typeof ClipboardItem === "function") {
      const html = toHtml(text).replaceAll("\n", "<br>");
      const item = new ClipboardItem({
        "text/html": new Blob([html], { type: "text/html" }),
        "text/plain": new Blob([plain], { type: "text/plain" }),
      });
      await navigator.clipboard.write([item]);
    } else await navigator.clipboard.writeText(plain);
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts plain text on the clipboard.
 *
 * @returns false where the browser refuses
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** How long an object URL is kept for a download to begin, in milliseconds. */
const DOWNLOAD_GRACE = 10_000;

/** Saves a text as a file, through the browser's own download. */
export function saveText(text: string, name: string, mediaType: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_GRACE);
}

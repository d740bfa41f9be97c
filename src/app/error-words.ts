import type { AppErrorDetail } from "../core/errors.ts";
import { formatBytes } from "./format-bytes.ts";

/** A failure in words: what happened, what it means or what to do, and whether trying again can help. */
export interface ErrorWords {
  readonly title: string;
  readonly sentence: string;
  readonly action?: "retry" | "choose-another" | "reload";
}

const number = new Intl.NumberFormat("en");
const PIXELS_PER_MEGAPIXEL = 1_000_000;

const WORKER_WORDS = {
  encoder: "The model",
  search: "The search",
  converter: "The making of the model",
  texts: "The keeper of your texts",
} as const;

/** The words for an error. The switch is exhaustive: a new code does not compile until it is worded here. */
export function errorWords(error: AppErrorDetail): ErrorWords {
  switch (error.code) {
    case "picture-missing":
      return {
        title: error.from === "drop" ? "No picture was dropped" : "The clipboard holds no picture",
        sentence:
          "A picture file is needed, such as a JPEG or PNG. Save the picture first, then open, drop or paste the file.",
        action: "choose-another",
      };
    case "picture-empty":
      return {
        title: "This file is empty",
        sentence: "It holds 0 bytes. Choose another picture.",
        action: "choose-another",
      };
    case "picture-unreadable":
      return {
        title: "Could not read this picture",
        sentence: `The file ${mediaWords(error.mediaType)} and this browser could not decode it. It may be damaged; a JPEG or PNG works everywhere.`,
        action: "choose-another",
      };
    case "picture-too-large":
      return {
        title: "This picture is too large",
        sentence: `It has ${size(error)}; up to ${number.format(error.limitPixels / PIXELS_PER_MEGAPIXEL)} megapixels are read. A smaller copy gives the same result, because the model reads a few hundred pixels.`,
        action: "choose-another",
      };
    case "picture-too-thin":
      return {
        title: "This picture is too thin",
        sentence: `It has ${size(error)}, and the square that the model reads would be almost nothing of it. Crop it first, or choose another.`,
        action: "choose-another",
      };
    case "picture-format":
      return {
        title: "Could not read this picture",
        sentence: `The file is ${article(error.format)}. Save it as JPEG or PNG and open that.`,
        action: "choose-another",
      };
    case "network": {
      const host = otherHostOf(error.url);
      return {
        title: `Could not reach ${host === null ? "this site" : "the host of the files"}`,
        sentence: `The file ${fileOf(error.url)} could not be fetched${host === null ? "" : ` from ${host}`}. Check the connection and try again; nothing is lost.`,
        action: "retry",
      };
    }
    case "http-status": {
      const host = otherHostOf(error.url);
      return {
        title: "The server did not deliver a file",
        sentence: `${host === null ? "It" : `“${host}”`} answered ${error.status} for ${fileOf(error.url)}. Try again in a moment.`,
        action: "retry",
      };
    }
    case "range-ignored":
      return {
        title: "This server cannot deliver parts of a file",
        sentence: `It answered with the whole of ${fileOf(error.url)} where a part was asked for. The site needs a host that supports range requests.`,
        action: "retry",
      };
    case "short-read":
      return {
        title: "A download stopped half-way",
        sentence: `Of the file ${fileOf(error.url)}, ${number.format(error.received)} of ${number.format(error.expected)} bytes arrived. Try again.`,
        action: "retry",
      };
    case "hash-mismatch":
      return {
        title: "A file is not the one that was published",
        sentence: `The checksum of ${error.file} differs, so it was not used. Try again; if this stays, the site needs repair.`,
        action: "retry",
      };
    case "edition-version":
      if (error.found < error.supported) {
        return {
          title: "These sentences are in a format that this page no longer reads",
          sentence: `A file of the edition has format ${error.found}, this page reads ${error.supported}. Whoever publishes the edition has to build it anew.`,
        };
      }
      return {
        title: "These sentences need a newer version of the page",
        sentence: `The edition has format ${error.found}, this page reads ${error.supported}. Reload the page to update it.`,
        action: "reload",
      };
    case "edition-corrupt":
      return {
        title: "The sentences could not be read",
        sentence: `The file ${error.file} is damaged: ${error.why}.`,
        action: "retry",
      };
    case "model-mismatch":
      return {
        title: "Sentences and model do not belong together",
        sentence: `“${error.edition}” was not made with “${error.model}”, so distances between them would mean nothing.`,
      };
    case "pack-version":
      return {
        title: "This model needs a newer version of the page",
        sentence: `The model pack has format ${error.found}, this page reads ${error.supported}. Reload the page to update it.`,
        action: "reload",
      };
    case "weights-invalid":
      return {
        title: "These weights cannot be used",
        sentence: `The file ${error.file}: ${error.why}.`,
        action: "retry",
      };
    case "pack-corrupt":
      return {
        title: "The model could not be read",
        sentence: `The file ${error.file} is damaged: ${error.why}.`,
        action: "retry",
      };
    case "text-tower-missing":
      return {
        title: "This model cannot read phrases yet",
        sentence:
          "Its part for texts has not been fetched. It is fetched once, when a phrase is first searched.",
        action: "retry",
      };
    case "model-unknown":
      return {
        title: "This model is not there",
        sentence: `“${error.id}” is neither on this device nor among the known models. Choose another model.`,
      };
    case "model-gone":
      return {
        title: `“${error.name}” is no longer on this device`,
        sentence:
          "This browser has let go of its files. The demo encoder is used instead; the model can be made again.",
      };
    case "own-files-incomplete":
      return {
        title: "These files are not a whole model",
        sentence: `What is missing: ${error.missing}. Choose all the files of the model together.`,
      };
    case "storage-full":
      return {
        title: "There is no more room on this device",
        sentence:
          "What was downloaded so far is kept and used. Free some space, or remove what is kept for offline use, and go on.",
        action: "retry",
      };
    case "storage-failed":
      return {
        title: "This browser did not keep the download",
        sentence: `What it says: ${error.why.replace(/[.!]+$/, "")}. Searching works without; in a private window nothing can be kept.`,
        action: "retry",
      };
    case "download-elsewhere":
      return {
        title: "Another tab is downloading these sentences",
        sentence: "Its download serves this tab too. Wait for it, or cancel it there first.",
        action: "retry",
      };
    case "texts-format":
      return {
        title: "This file cannot be read as text",
        sentence: `“${error.file}” is ${error.found}. Save it as plain text, Markdown, CSV or JSON and add that.`,
        action: "choose-another",
      };
    case "texts-empty":
      return {
        title: "There is no sentence in this file",
        sentence: `“${error.file}” holds no text with words. Nothing was added.`,
        action: "choose-another",
      };
    case "texts-malformed":
      return {
        title: "This file is not whole",
        sentence: `“${error.file}”: ${error.why}. Nothing was added.`,
        action: "choose-another",
      };
    case "texts-too-large":
      return {
        title: "This file is too large",
        sentence: `“${error.file}” has ${amountWords(error.what, error.found)}, and up to ${amountWords(error.what, error.limit)} are read. Nothing was added; parts of it can be.`,
        action: "choose-another",
      };
    case "texts-too-many":
      return {
        title: "There is no room for so many texts",
        sentence: `With those that are here it would be ${amountWords(error.what, error.found)}, and up to ${amountWords(error.what, error.limit)} are kept. Nothing was added; delete some first.`,
      };
    case "texts-storage":
      return error.state === "full"
        ? {
            title: "There is no room left on this device",
            sentence:
              "The browser refused to store more for this page. What was stored before is untouched; delete texts or models, or free room on the device, and try again.",
            action: "retry",
          }
        : {
            title: "This browser stores nothing for the page",
            sentence:
              "Your texts need a place on this device. A window that is not private, or another browser, has one.",
          };
    case "self-test-failed":
      return {
        title: "The model gives wrong numbers on this device",
        sentence: `A check against a known answer failed on ${providerWords(error.provider)}, so no result is shown rather than a wrong one. Try again, or another browser.`,
        action: "retry",
      };
    case "device-lost":
      return {
        title: "The graphics card stopped answering",
        sentence:
          "The browser took it away from this page. Try again; the model is then started anew.",
        action: "retry",
      };
    case "session-failed":
      return {
        title: "The model could not run",
        sentence: `It failed at “${error.stage}”: ${error.why}. Closing other tabs frees memory; then try again.`,
        action: "retry",
      };
    case "worker-crashed":
      return {
        title: `${WORKER_WORDS[error.worker]} stopped unexpectedly`,
        sentence: "It can be started again. If this repeats, the device may be short of memory.",
        action: "retry",
      };
    case "script-missing":
      return {
        title: "A part of this page could not be loaded",
        sentence:
          "The page was probably updated in another tab, or the connection is gone. Reload the page to go on with the new version; a picture of your own must then be opened again.",
        action: "reload",
      };
    case "picture-unknown":
      return {
        title: "The model no longer holds this picture",
        sentence: "Try again to let it read the picture once more.",
        action: "retry",
      };
    case "invalid-argument":
    case "unexpected":
      return {
        title: "Something in this page went wrong",
        sentence: `What is known: ${error.code === "unexpected" ? error.why : error.what}. The next picture can still work.`,
        action: "retry",
      };
  }
}

function amountWords(what: "bytes" | "sentences" | "works", amount: number): string {
  return what === "bytes" ? formatBytes(amount) : `${number.format(amount)} ${what}`;
}

function size(error: { readonly width: number; readonly height: number }): string {
  return `${number.format(error.width)} × ${number.format(error.height)} pixels`;
}

function mediaWords(mediaType: string): string {
  return mediaType === "" ? "does not say what it is" : `says that it is ${mediaType}`;
}

/** "a TIFF", "an SVG": formats are said letter by letter where they begin so. */
function article(format: string): string {
  return `${/^[aefhilmnorsx]/i.test(format) ? "an" : "a"} ${format}`;
}

/** The host of an address that is not this site's; null for this site's own. */
function otherHostOf(url: string): string | null {
  const own = "location" in globalThis ? globalThis.location : null;
  if (own === null || !URL.canParse(url, own.href)) return null;
  const { host } = new URL(url, own.href);
  return host === own.host ? null : host;
}

/** The last part of an address, which is what a person can recognise. */
function fileOf(url: string): string {
  const path = url.split(/[?#]/)[0] ?? url;
  return path.split("/").filter(Boolean).at(-1) ?? url;
}

function providerWords(provider: string): string {
  return provider === "webgpu" ? "the graphics card" : "the processor";
}

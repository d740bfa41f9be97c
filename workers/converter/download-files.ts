import type { HubFile, HubPlace } from "../../src/config/model-sources.ts";
import { AppError, isAbort } from "../../src/core/errors.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import { createByteProgress } from "../byte-progress.ts";
import { type DownloadTarget, type DownloadTools, downloadFile } from "./download-file.ts";
import { fileUrl, nameOf, pointerUrl } from "./hub-addresses.ts";
import { readPublished } from "./published-digest.ts";

/** A file and where it may be found. */
export interface WantedFile {
  readonly place: HubPlace;
  readonly file: HubFile;
  /** Base URLs, ending in "/", of other servers that hold it by its name alone. */
  readonly alternatives: readonly string[];
}

/** Files that nobody gave an exact length for may be so many times as long as expected. */
const MOST_GROWTH = 2;

/** Prefix of all that is downloaded, finished or not. */
export const DOWNLOAD_PREFIX = "download:";

/** What the store calls a file: another revision or another host is another file. */
export function storedName({ place, file }: WantedFile, mirror: string | null): string {
  return DOWNLOAD_PREFIX + fileUrl(place, file, mirror);
}

/**
 * Downloads files, one after the other and small ones first, so that a mistake shows early; all count as one download.
 *
 * @param mirror base URL that stands in for every other host, or null
 * @param item the download's name in the reports
 * @returns handles by the files' names
 * @throws AppError as `downloadFile` does, of the first place of a file
 */
export async function downloadFiles(
  wanted: readonly WantedFile[],
  mirror: string | null,
  item: string,
  tools: DownloadTools,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Blob>> {
  const targets: (readonly DownloadTarget[])[] = [];
  for (const one of wanted) targets.push(await targetsOf(one, mirror, tools, signal));
  const sizes = wanted.map(({ file }, index) => targets[index]?.[0]?.size ?? file.bytes);
  const progress = createByteProgress(sizes, item, report);
  const order = wanted.map((_, index) => index);
  order.sort((left, right) => (sizes[left] ?? 0) - (sizes[right] ?? 0));
  const blobs = new Map<string, Blob>();
  for (const index of order) {
    const { file } = wanted[index] ?? {};
    if (file === undefined) continue;
    const onLoaded = (loaded: number): void => progress.set(index, loaded);
    blobs.set(nameOf(file), await fromFirst(targets[index] ?? [], tools, onLoaded, signal));
    progress.set(index, sizes[index] ?? 0);
  }
  progress.finish();
  return blobs;
}

/** One target a place. */
async function targetsOf(
  wanted: WantedFile,
  mirror: string | null,
  { fetch }: DownloadTools,
  signal: AbortSignal,
): Promise<readonly DownloadTarget[]> {
  const { place, file, alternatives } = wanted;
  const published =
    file.digest === null
      ? await readPublished(pointerUrl(place, file, mirror), fetch, signal)
      : { digest: file.digest, bytes: file.bytes };
  const limit = file.bytes * MOST_GROWTH;
  if (published !== null && published.bytes > limit) {
    const url = fileUrl(place, file, mirror);
    throw new AppError({ code: "short-read", url, expected: limit, received: published.bytes });
  }
  const target: DownloadTarget = {
    file: storedName(wanted, mirror),
    url: fileUrl(place, file, mirror),
    size: published?.bytes ?? null,
    limit,
    digest: published?.digest ?? null,
  };
  // A mirror is asked instead of everybody else: whoever names one may not be able, or not want, to reach the others.
  const others = mirror === null ? alternatives : [];
  return [target, ...others.map((base) => ({ ...target, url: base + nameOf(file) }))];
}

/** From the first place that has the file; all must have the same, so that what one gave stays for the next. */
async function fromFirst(
  targets: readonly DownloadTarget[],
  tools: DownloadTools,
  onLoaded: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  let first: unknown;
  for (const target of targets) {
    try {
      return await downloadFile(target, tools, onLoaded, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      first ??= error;
    }
  }
  throw first;
}

import { AppError } from "../../core/errors.ts";
import type { Picture } from "../session/session-state.ts";

/** A picture of this project's own, drawn by a script. */
export interface Sample {
  readonly title: string;
  /** What is in the picture, for people who do not see it. */
  readonly alt: string;
  /** Size in pixels, so that the page keeps its place while the picture loads. */
  readonly width: number;
  readonly height: number;
  readonly url: string;
}

/** File that lists the samples, beside them. */
const LIST = "samples.json";

/**
 * Fetches the list of samples.
 *
 * @param base absolute URL of the samples' folder, ending in "/"
 * @throws AppError network or http-status where the list cannot be had
 */
export async function loadSamples(base: string, signal: AbortSignal): Promise<Sample[]> {
  const response = await fetchOrThrow(new URL(LIST, base).href, signal);
  return parseSamples(await response.json(), base);
}

/** Reads the list; an entry that is not what it should be is left out, because samples are a convenience. */
export function parseSamples(json: unknown, base: string): Sample[] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((entry: unknown) => {
    const [file, title, alt] = ["file", "title", "alt"].map((key) => textIn(entry, key));
    const [width, height] = ["width", "height"].map((key) => sizeIn(entry, key));
    if (!file || !title || !alt || !width || !height || /[/\\]/.test(file)) return [];
    return [{ title, alt, width, height, url: new URL(encodeURIComponent(file), base).href }];
  });
}

/**
 * Fetches a sample's bytes.
 *
 * @throws AppError network or http-status
 */
export async function openSample(sample: Sample, signal: AbortSignal): Promise<Picture> {
  const response = await fetchOrThrow(sample.url, signal);
  const { title, alt, url } = sample;
  return { name: title, alt, blob: await response.blob(), url, isSample: true };
}

async function fetchOrThrow(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError({ code: "network", url }, { cause: error });
  }
  if (!response.ok) throw new AppError({ code: "http-status", url, status: response.status });
  return response;
}

function textIn(json: unknown, key: string): string | null {
  const value = fieldIn(json, key);
  return typeof value === "string" && value !== "" ? value : null;
}

function sizeIn(json: unknown, key: string): number | null {
  const value = fieldIn(json, key);
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function fieldIn(json: unknown, key: string): unknown {
  return typeof json === "object" && json !== null ? Reflect.get(json, key) : undefined;
}

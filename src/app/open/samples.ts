import { AppError } from "../../core/errors.ts";
import type { Picture } from "../session/session-state.ts";

/** A picture of this project's own, drawn by a script. */
export interface Sample {
  readonly title: string;
  /** What is in the picture, for people who do not see it. */
  readonly description: string;
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
  const entries: unknown[] = Array.isArray(json) ? json : arrayIn(json, "samples");
  return entries.flatMap((entry) => {
    const file = textIn(entry, "file");
    const title = textIn(entry, "title");
    if (file === null || title === null || /[/\\]/.test(file)) return [];
    const description = textIn(entry, "description") ?? title;
    return [{ title, description, url: new URL(encodeURIComponent(file), base).href }];
  });
}

/**
 * Fetches a sample's bytes.
 *
 * @throws AppError network or http-status
 */
export async function openSample(sample: Sample, signal: AbortSignal): Promise<Picture> {
  const response = await fetchOrThrow(sample.url, signal);
  const { title, url } = sample;
  return { name: title, blob: await response.blob(), url, isSample: true };
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

function arrayIn(json: unknown, key: string): unknown[] {
  const value = fieldIn(json, key);
  return Array.isArray(value) ? value : [];
}

function textIn(json: unknown, key: string): string | null {
  const value = fieldIn(json, key);
  return typeof value === "string" && value !== "" ? value : null;
}

function fieldIn(json: unknown, key: string): unknown {
  return typeof json === "object" && json !== null ? Reflect.get(json, key) : undefined;
}

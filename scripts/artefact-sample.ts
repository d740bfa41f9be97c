import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildEdition } from "./build-index/build-edition.ts";
import { type BuildOptions, DEFAULT_OPTIONS } from "./build-index/build-options.ts";
import { isUpToDate, noteSources } from "./build-index/up-to-date.ts";

const atRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The real ArteFact data of which a small part may lie beside the repository; it is never part of it. */
export const ARTEFACT_SAMPLE = atRoot("../shared/artefact-sample");

/** Where its edition is built: a cache that git ignores. */
export const ARTEFACT_EDITION = atRoot(".cache/artefact-sample");

/** The pictures that lie with the real data, by file name. */
export const ARTEFACT_PAINTINGS = [
  "bacchus-and-ariadne.jpg",
  "last-supper.jpg",
  "night-watch.jpg",
] as const;

/** Tells whether the real data is here. */
export function hasArtefactSample(): boolean {
  return existsSync(`${ARTEFACT_SAMPLE}/json/sentences.json`);
}

/**
 * Builds an edition of the 13,376 real sentences with the demo encoder, unless it was built from exactly this input.
 *
 * @throws BuildError or AppError for input that does not fit
 */
export async function buildArtefactSample(
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const options: BuildOptions = {
    ...DEFAULT_OPTIONS,
    // In float32, so that a plain exact search over the file is the oracle.
    exact: "f32",
    json: `${ARTEFACT_SAMPLE}/json`,
    markdown: `${ARTEFACT_SAMPLE}/markdown`,
    model: atRoot("public/models/demo"),
    name: "A sample of ArteFact",
    out: ARTEFACT_EDITION,
    images: { kind: "copy", to: ARTEFACT_EDITION },
  };
  if (await isUpToDate(options, signal)) return;
  await buildEdition(options, { kind: "whole" }, log, signal);
  await noteSources(options, signal);
}

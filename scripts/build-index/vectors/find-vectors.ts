import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildError } from "../build-error.ts";
import { type Input, isAddress, openInput } from "./open-input.ts";

/** Which of ArteFact's two models made the vectors. */
export type VectorsKind = "base" | "painting";

/**
 * Names that ArteFact's pipeline and its published sets give the files: the code writes `<model>_embeddings_sentence_ids.json`, its
 * README says `<model>_sentence_ids.json`, and the model is spelled in several ways.
 */
const MODELS: Readonly<Record<VectorsKind, readonly string[]>> = {
  base: ["clip", "CLIP"],
  painting: ["paintingclip", "PaintingCLIP", "painting_clip", "PaintingClip"],
};
/** Folders of a published set that the files may lie in. */
const FOLDERS = ["", "embeddings/", "data/embeddings/"];
const VECTORS_ENDING = /\.safetensors$/i;
const EMBEDDINGS_ENDING = /_embeddings\.safetensors$/i;

/** Opened files of one set of vectors. */
export interface FoundVectors {
  readonly vectors: Input;
  readonly ids: Input;
}

/**
 * Opens vectors and the list of their ids. A place may be the file or a folder that holds it under any of its known names, here or on a
 * server; where no ids are given they are looked for beside the vectors.
 *
 * @throws BuildError saying which names were tried
 */
export async function findVectors(
  kind: VectorsKind,
  place: string,
  idsPlace: string | null,
  signal: AbortSignal,
): Promise<FoundVectors> {
  const names = MODELS[kind].map((model) => `${model}_embeddings.safetensors`);
  const vectors = await openFirst(await candidates(place, VECTORS_ENDING, names), signal);
  const besides = idsPlace ?? parentOf(vectors.place);
  const own = vectors.name;
  const idNames = [
    own.replace(VECTORS_ENDING, "_sentence_ids.json"),
    own.replace(EMBEDDINGS_ENDING, "_sentence_ids.json"),
    ...MODELS[kind].flatMap((model) => [
      `${model}_embeddings_sentence_ids.json`,
      `${model}_sentence_ids.json`,
    ]),
  ];
  try {
    const ids = await openFirst(await candidates(besides, /\.json$/i, idNames), signal);
    return { vectors, ids };
  } catch (error) {
    await vectors.close();
    throw error;
  }
}

/** The places that a file may be at: the place itself where it is spelled as a file, else known names in the folder. */
async function candidates(
  place: string,
  ending: RegExp,
  names: readonly string[],
): Promise<readonly string[]> {
  if (isAddress(place)) {
    const url = new URL(place);
    if (ending.test(url.pathname)) return [place];
    return FOLDERS.flatMap((folder) => names.map((name) => within(url, folder + name)));
  }
  const isFolder = (await stat(place).catch(() => null))?.isDirectory() === true;
  if (!isFolder) return [place];
  const found: string[] = [];
  for (const folder of FOLDERS) {
    // Whatever the case of the letters: some file systems do not tell it apart.
    const entries = await readdir(join(place, folder)).catch(() => []);
    for (const name of names) {
      const entry = entries.find((known) => known.toLowerCase() === name.toLowerCase());
      found.push(join(place, folder, entry ?? name));
    }
  }
  return found;
}

function within(base: URL, name: string): string {
  const url = new URL(base);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.pathname += name;
  return url.href;
}

function parentOf(place: string): string {
  return isAddress(place) ? new URL(".", place).href : dirname(place);
}

async function openFirst(places: readonly string[], signal: AbortSignal): Promise<Input> {
  for (const place of new Set(places)) {
    const input = await openInput(place, signal);
    if (input !== null) return input;
  }
  const [only] = places;
  throw new BuildError(
    places.length === 1 ? `${only} is not there` : `none of these is there: ${places.join(", ")}`,
  );
}

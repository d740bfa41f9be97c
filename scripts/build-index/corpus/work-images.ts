import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { IMAGE_HASH_DIGITS } from "../../../src/core/edition/work-image.ts";
import type { WorkImage } from "../../../src/core/edition/works-file.ts";
import { sniffPicture } from "../../../src/core/image/sniff.ts";
import { BuildError } from "../build-error.ts";
import { sha256 } from "../write-edition.ts";
import { whereMissing } from "./where-missing.ts";

/** What becomes of the works' images: copied beside the edition, left where they are served from, only listed, or not used. */
export type ImagesOption =
  | { readonly kind: "copy"; readonly to: string }
  | { readonly kind: "list" }
  | { readonly kind: "base"; readonly url: string }
  | { readonly kind: "none" };

/** Folder of copied images in an edition; `<work>/<file>` below it. */
const IMAGES_FOLDER = "images";

const IMAGE_FILE = /^[\w][\w.()-]{0,123}\.(?:jpe?g|png)$/i;
/** Marker's names: `_page_12_Picture_3.jpeg`, pages counted from 0. */
const PLACE = /_page_(\d+)_\D*(\d+)?/i;
/** Logos, stamps, rules and signatures are smaller: an encoder sees 224 pixels square. */
const LEAST_SIDE = 200;
const LEAST_AREA = 80_000;
/** Ids become folders of an address. */
const PLAIN_ID = /^[\w][\w.-]{0,127}$/;

/**
 * Parses `--images`.
 *
 * @param to folder of the edition, which images are copied to
 * @throws BuildError for anything but `copy`, `none` and an https address
 */
export function parseImagesOption(value: string, to: string): ImagesOption {
  if (value === "none") return { kind: "none" };
  if (value === "copy") return { kind: "copy", to };
  if (!/^https:\/\/[^\s]+$/.test(value)) {
    throw new BuildError("--images is neither copy, nor none, nor an https address");
  }
  return { kind: "base", url: value.endsWith("/") ? value : `${value}/` };
}

/** The base address that the manifest gives, or null. */
export function imagesBase(option: ImagesOption): { readonly base: string } | null {
  if (option.kind === "copy") return { base: `${IMAGES_FOLDER}/` };
  return option.kind === "base" ? { base: option.url } : null;
}

/**
 * Lists the images in a work's folder in page order, without those that are too small to be pictures, not an image at all,
 * or the same as an earlier one.
 */
export async function readWorkImages(folder: string): Promise<WorkImage[]> {
  const entries = await readdir(folder).catch(whereMissing(folder, []));
  const names = entries.filter((name) => IMAGE_FILE.test(name));
  const images: WorkImage[] = [];
  const seen = new Set<string>();
  for (const { file, page } of names.map(placeOf).sort(byPlace)) {
    const bytes = new Uint8Array(await readFile(join(folder, file)));
    const size = sniffPicture(bytes)?.size ?? null;
    if (size === null || Math.min(size.width, size.height) < LEAST_SIDE) continue;
    if (size.width * size.height < LEAST_AREA) continue;
    const hash = sha256(bytes).slice(0, IMAGE_HASH_DIGITS);
    if (seen.has(hash)) continue;
    seen.add(hash);
    const { width, height } = size;
    images.push({ file, page, width, height, bytes: bytes.length, hash });
  }
  return images;
}

/**
 * Copies a work's images below `out`.
 *
 * @throws BuildError for an id that cannot be part of an address
 */
export async function copyWorkImages(
  from: string,
  out: string,
  workId: string,
  images: readonly WorkImage[],
): Promise<void> {
  if (images.length === 0) return;
  if (!PLAIN_ID.test(workId)) throw new BuildError(`${workId} cannot be the name of a folder`);
  const folder = join(out, IMAGES_FOLDER, workId);
  await mkdir(folder, { recursive: true });
  for (const { file } of images) await copyFile(join(from, file), join(folder, file));
}

interface Place {
  readonly file: string;
  /** 1 for the first page, 0 where the name does not tell. */
  readonly page: number;
  readonly order: number;
}

function placeOf(file: string): Place {
  const [, page, order] = PLACE.exec(file) ?? [];
  return { file, page: page === undefined ? 0 : Number(page) + 1, order: Number(order ?? 0) };
}

function byPlace(left: Place, right: Place): number {
  return left.page - right.page || left.order - right.order || (left.file < right.file ? -1 : 1);
}

import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { boatPng } from "./pictures.ts";

const SAMPLE = fileURLToPath(new URL("../../public/edition/sample", import.meta.url));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The sample edition as it would be built of works with pictures, and of a corpus that was found to have captions. */
export interface EditionWithImages {
  readonly folder: string;
  /** The work that has them, and how many. */
  readonly workId: string;
  readonly images: number;
  remove(): Promise<void>;
}

/**
 * Writes it to a temporary folder: two pictures of one work, of which the second is not what the edition says, counts of
 * kinds, and what pictures reach.
 *
 * @param reach score that 19 of 20 pictures are said to reach
 */
export async function makeEditionWithImages(reach: number): Promise<EditionWithImages> {
  const folder = await mkdtemp(join(tmpdir(), "artefact-edition-"));
  await cp(SAMPLE, folder, { recursive: true });
  const manifestPath = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(manifestPath, "utf8"));
  const works = JSON.parse(
    gunzipSync(await readFile(join(folder, manifest.files.works.name))).toString("utf8"),
  );
  const [work] = works.works;
  const png = boatPng(240, 180);
  const image = (file: string, page: number) => ({
    file,
    page,
    width: 240,
    height: 180,
    bytes: png.length,
    hash: sha256(png).slice(0, 16),
  });
  work.images = [image("_page_2_Picture_1.png", 3), image("_page_4_Picture_2.png", 5)];
  const pictures = join(folder, "images", work.workId);
  await mkdir(pictures, { recursive: true });
  await writeFile(join(pictures, "_page_2_Picture_1.png"), png);
  await writeFile(
    join(pictures, "_page_4_Picture_2.png"),
    Uint8Array.from(png, (byte) => byte ^ 1),
  );

  const gzipped = gzipSync(JSON.stringify(works));
  const hash = sha256(gzipped);
  const name = `works.${hash.slice(0, 16)}.bin`;
  await writeFile(join(folder, name), gzipped);
  const chunkBytes = 2 ** 20;
  manifest.files.works = {
    name,
    bytes: gzipped.length,
    sha256: hash,
    chunkBytes,
    chunkSha256: [hash],
  };
  manifest.editionId = hash.slice(0, 16);
  manifest.images = { base: "images/" };
  manifest.quality = {
    bibliography: 12,
    caption: 34,
    "running-head": 0,
    "ocr-debris": 0,
    "other-language": 0,
    duplicate: 0,
  };
  const [figures] = manifest.proof.figures;
  manifest.proof.figures.push({ ...figures, kind: "images", variant: "base", reach });
  await writeFile(manifestPath, JSON.stringify(manifest));
  return {
    folder,
    workId: work.workId,
    images: 2,
    remove: () => rm(folder, { recursive: true }),
  };
}

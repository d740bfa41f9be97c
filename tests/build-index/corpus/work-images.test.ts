import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BuildError } from "../../../scripts/build-index/build-error.ts";
import {
  copyWorkImages,
  imagesBase,
  parseImagesOption,
  readWorkImages,
} from "../../../scripts/build-index/corpus/work-images.ts";
import { sha256 } from "../../../scripts/build-index/write-edition.ts";
import {
  checkWorkImage,
  workImageType,
  workImageUrl,
} from "../../../src/core/edition/work-image.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "images-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function draw(name: string, width: number, height: number, red: number): Promise<void> {
  const png = new PNG({ width, height });
  png.data.fill(255);
  png.data[0] = red;
  await writeFile(join(folder, name), PNG.sync.write(png));
}
const digest = (bytes: Uint8Array) => Promise.resolve(sha256(bytes));

describe("readWorkImages", () => {
  it("gives pictures in page order, without small ones, copies and what is no picture", async () => {
    await draw("_page_100_Picture_0.png", 400, 300, 1);
    await draw("_page_2_Picture_10.png", 300, 300, 2);
    await draw("_page_2_Picture_9.png", 300, 301, 3);
    await draw("cover.png", 300, 302, 4);
    await draw("_page_3_Picture_1.png", 800, 90, 5);
    await draw("_page_4_Picture_1.png", 210, 210, 6);
    await draw("_page_5_Picture_1.png", 300, 300, 2);
    await writeFile(join(folder, "_page_6_Picture_1.jpeg"), "no picture");
    await writeFile(join(folder, "W1.md"), "# Text");
    const images = await readWorkImages(folder);
    expect(images.map(({ file, page, width, height }) => [file, page, width, height])).toEqual([
      ["cover.png", 0, 300, 302],
      ["_page_2_Picture_9.png", 3, 300, 301],
      ["_page_2_Picture_10.png", 3, 300, 300],
      ["_page_100_Picture_0.png", 101, 400, 300],
    ]);
  });

  it("finds none where there is no folder", async () => {
    expect(await readWorkImages(join(folder, "none"))).toEqual([]);
  });
});

describe("an image of an edition", () => {
  it("is copied below the work's id and checked by length and hash when it is read", async () => {
    await draw("_page_0_Picture_0.png", 300, 300, 1);
    const [image] = await readWorkImages(folder);
    if (image === undefined) throw new Error("no image");
    await mkdir(join(folder, "out"));
    await copyWorkImages(folder, join(folder, "out"), "W1", [image]);
    expect(workImageUrl(`${folder}/out/images/`, "W1", image)).toBe(
      `${folder}/out/images/W1/_page_0_Picture_0.png`,
    );
    const bytes = new Uint8Array(await readFile(join(folder, "out/images/W1", image.file)));
    await expect(checkWorkImage(bytes, image, digest)).resolves.toBeUndefined();
    expect(workImageType(image)).toBe("image/png");
    const cut = checkWorkImage(bytes.subarray(1), image, digest);
    await expect(cut).rejects.toMatchObject({ detail: { code: "edition-corrupt" } });
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    await expect(checkWorkImage(bytes, image, digest)).rejects.toMatchObject({
      detail: { code: "edition-corrupt", file: image.file },
    });
  });

  it("is refused where its work's id would lead out of the folder", async () => {
    await draw("_page_0_Picture_0.png", 300, 300, 1);
    const images = await readWorkImages(folder);
    await expect(copyWorkImages(folder, folder, "../W1", images)).rejects.toBeInstanceOf(
      BuildError,
    );
  });
});

describe("parseImagesOption", () => {
  it("takes copy, none and an address, which the manifest then gives", () => {
    expect(imagesBase(parseImagesOption("copy", "out"))).toEqual({ base: "images/" });
    expect(imagesBase(parseImagesOption("none", "out"))).toBeNull();
    expect(imagesBase(parseImagesOption("https://x.org/a", "out"))).toEqual({
      base: "https://x.org/a/",
    });
    for (const value of ["http://x.org/", "yes", ""]) {
      expect(() => parseImagesOption(value, "out")).toThrow(BuildError);
    }
  });
});

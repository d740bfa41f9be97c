import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Picture, readPicture } from "./read-picture.ts";

const FOLDER = fileURLToPath(new URL("../../public/samples", import.meta.url));

/** A sample picture of the page and what its description says. */
export interface Sample {
  readonly text: string;
  readonly picture: Picture;
}

/** Reads the first `count` sample pictures of the page with their descriptions. */
export async function readSamples(count: number): Promise<readonly Sample[]> {
  const listed = JSON.parse(await readFile(join(FOLDER, "samples.json"), "utf8")) as {
    file: string;
    alt: string;
  }[];
  return Promise.all(
    listed.slice(0, count).map(async ({ file, alt }) => ({
      text: alt,
      picture: await readPicture(join(FOLDER, file)),
    })),
  );
}

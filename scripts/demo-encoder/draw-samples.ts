/**
 * Draws the pictures that the page offers to try, with their list.
 *
 *   npx tsx scripts/demo-encoder/draw-samples.ts [folder]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeJpeg } from "./jpeg.ts";
import { repaint } from "./painterly.ts";
import { createRandom } from "./random.ts";
import { renderScene } from "./render.ts";
import { SAMPLES, type Sample } from "./samples.ts";
import { createTextureBank } from "./texture.ts";

const LARGEST_FILE = 200_000;
const QUALITIES = [90, 86, 82, 78, 74, 70, 65, 60, 55, 50];
/** The short side of a sample against the side of a training picture. */
const TEXTURE_SCALE = 3.5;

const folder = process.argv[2] ?? "public/samples";
const textures = createTextureBank(TEXTURE_SCALE);

function draw(sample: Sample): Uint8Array {
  const { width, height, style } = sample;
  const rgb = renderScene(sample.scene, { width, height, style, textures });
  return repaint(rgb, width, height, sample.touch, createRandom(sample.scene.seed));
}

function encodeWithin(rgb: Uint8Array, sample: Sample): Uint8Array {
  for (const quality of QUALITIES) {
    const file = encodeJpeg(rgb, sample.width, sample.height, quality);
    if (file.length <= LARGEST_FILE) return file;
  }
  throw new Error(`${sample.id} stays above ${LARGEST_FILE} bytes`);
}

mkdirSync(folder, { recursive: true });
const list = SAMPLES.map((sample) => {
  const file = `${sample.id}.jpg`;
  const bytes = encodeWithin(draw(sample), sample);
  writeFileSync(join(folder, file), bytes);
  console.log(`${file} ${bytes.length} bytes`);
  const { id, title, alt, width, height } = sample;
  return { id, file, title, alt, width, height };
});
writeFileSync(join(folder, "samples.json"), `${JSON.stringify(list, null, 2)}\n`);

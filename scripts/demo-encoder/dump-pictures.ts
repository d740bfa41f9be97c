/**
 * Writes pictures of a set for training, as 8-bit patches: picture, patch (7 × 7, row by row),
 * channel, y, x (49 · 3072 bytes a picture, the order in which the patch embedding reads them).
 *
 *   npx tsx scripts/demo-encoder/dump-pictures.ts <set> <from> <count> <file>
 */
import { closeSync, openSync, renameSync, writeSync } from "node:fs";
import { renderScene } from "./render.ts";
import { sampleScene } from "./scene.ts";
import { PICTURE_SETS, type PictureSetName } from "./sets.ts";
import { createTextureBank } from "./texture.ts";

const SIDE = 224;
const PATCH = 32;
const GRID = SIDE / PATCH;

function toPatches(rgb: Uint8Array): Uint8Array {
  const patches = new Uint8Array(rgb.length);
  let at = 0;
  for (let patch = 0; patch < GRID * GRID; patch++) {
    const top = Math.floor(patch / GRID) * PATCH;
    const left = (patch % GRID) * PATCH;
    for (let channel = 0; channel < 3; channel++) {
      for (let y = top; y < top + PATCH; y++) {
        let source = (y * SIDE + left) * 3 + channel;
        for (let x = 0; x < PATCH; x++, source += 3) patches[at++] = rgb[source] as number;
      }
    }
  }
  return patches;
}

const [name, from, count, file] = process.argv.slice(2);
if (!name || !(name in PICTURE_SETS) || !from || !count || !file) {
  throw new Error("usage: dump-pictures.ts <set> <from> <count> <file>");
}
const set = PICTURE_SETS[name as PictureSetName];
const textures = createTextureBank(1);
const handle = openSync(`${file}.part`, "w");
for (let index = Number(from); index < Number(from) + Number(count); index++) {
  const scene = sampleScene(set.seed, index);
  const options = { width: SIDE, height: SIDE, style: set.style, textures };
  writeSync(handle, toPatches(renderScene(scene, options)));
}
closeSync(handle);
renameSync(`${file}.part`, file);
